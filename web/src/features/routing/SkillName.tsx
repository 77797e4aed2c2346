/* What a category or a skill is called, and the way to call it something else. A language has its own name. */
import { Pencil } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button, IconButton } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";

interface Props {
  name: string;
  level: "h3" | "h4";
  /** Not given: it cannot be renamed. Fails with what is wrong with the name. */
  onRename?: (name: string) => Promise<void>;
}

export function SkillName({ name, level: Heading, onRename }: Props) {
  const [wanted, setWanted] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const pencil = useRef<HTMLSpanElement>(null);
  const isOpen = wanted !== null;
  const wasOpen = useRef(false);
  // Where the field was, the pencil is again: the hands stay there.
  useEffect(() => {
    if (wasOpen.current && !isOpen) pencil.current?.querySelector("button")?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const close = () => {
    setWanted(null);
    setError(null);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const next = wanted?.trim() ?? "";
    if (next === name) return close();
    try {
      await onRename?.(next);
      close();
    } catch (problem) {
      setError(sentence(problem));
    }
  };
  if (!isOpen)
    return (
      <>
        <Heading dir="auto">{name}</Heading>
        {onRename ? (
          <span ref={pencil}>
            <IconButton label={t("routing.rename", { name })} onClick={() => setWanted(name)}>
              <Pencil />
            </IconButton>
          </span>
        ) : null}
      </>
    );
  return (
    <form
      className="inlineform grow"
      onSubmit={save}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      }}
    >
      <Field
        label={t("routing.name_of", { name })}
        required
        maxLength={60}
        autoFocus
        value={wanted}
        error={error}
        onChange={(event) => setWanted(event.target.value)}
      />
      <Button type="submit">{t("common.save")}</Button>
      <Button look="ghost" onClick={close}>
        {t("common.cancel")}
      </Button>
    </form>
  );
}
