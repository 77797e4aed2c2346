import { Paperclip } from "lucide-react";
import { useEffect, useRef } from "react";
import { shownKeys } from "../../actions/action";
import type { Mode } from "../../actions/panes";
import { Button, IconButton } from "../../ui/Button";
import { number } from "../../ui/format";
import { t } from "../../ui/i18n";

interface Props {
  mode: Mode;
  /** Why it cannot be sent now; null when it can. */
  reason: string | null;
  limit: number;
  length: number;
  onFiles: (files: Iterable<File>) => void;
}

export function ComposeBar({ mode, reason, limit, length, onFiles }: Props) {
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.key.toLowerCase() !== "f") return;
      event.preventDefault();
      picker.current?.click();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
  const word = mode === "comment" ? t("composer.add_comment") : t("composer.send");
  return (
    <div className="composebar">
      <IconButton label={t("action.attach")} keys={shownKeys("Mod+Shift+F")} onClick={() => picker.current?.click()}>
        <Paperclip />
      </IconButton>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={t("action.attach")}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
      {limit > 0 && length > limit * 0.8 ? (
        <span className={`hint num ${length > limit ? "error" : ""}`}>
          {t("composer.length", { length: number(length), limit: number(limit) })}
        </span>
      ) : null}
      <span className="grow" />
      <Button
        type="submit"
        look="primary"
        size="s"
        aria-disabled={reason ? true : undefined}
        className={reason ? "off" : ""}
        title={reason ?? `${word} (${shownKeys("Mod+Enter")})`}
      >
        {word}
      </Button>
    </div>
  );
}
