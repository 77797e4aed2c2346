/* The own properties of contacts: defined, renamed and given choices here; deleted ones come back with Undo, values and all. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Problem, patch, post, remove } from "../../api/client";
import { useMay } from "../../api/may";
import { contactPropertiesQuery, keys } from "../../api/queries";
import type { ContactProperty } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field, Select, TextArea } from "../../ui/Field";
import { nameList } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { Empty, Failed, Skeleton, sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { SaveLine, UnsavedMark } from "../unsaved/SaveLine";
import { useUnsaved } from "../unsaved/unsaved";

const TYPES: Record<ContactProperty["type"], MessageId> = {
  text: "property.text",
  long_text: "property.long_text",
  number: "property.number",
  date: "property.date",
  boolean: "property.boolean",
  choice: "property.choice",
  choices: "property.choices",
  link: "property.link",
  phone: "book.phone",
  email: "book.email",
};

export function PropertiesPage() {
  const client = useQueryClient();
  const list = useQuery(contactPropertiesQuery);
  const mayDefine = useMay("account_access");
  /** "new", or the one that is changed. */
  const [open, setOpen] = useState<ContactProperty | "new" | null>(null);
  const renew = () => client.invalidateQueries({ queryKey: keys.contactProperties });
  const drop = async (one: ContactProperty) => {
    try {
      await remove(`/api/contact-properties/${one.id}`);
      const back = () =>
        void patch(`/api/contact-properties/${one.id}`, { is_deleted: false })
          .catch((problem) => toastError(problem))
          .then(renew);
      toast(t("property.deleted", { name: one.label }), back, { isLasting: true });
    } catch (problem) {
      toastError(problem);
    }
    await renew();
  };
  return (
    <div className="narrow">
      <div className="pagehead">
        <div>
          <h1>{t("settings.properties")}</h1>
          <p className="soft">{t("property.lead")}</p>
        </div>
        {mayDefine ? (
          <Button look="primary" onClick={() => setOpen("new")}>
            {t("property.new")}
            <UnsavedMark at="properties/new" />
          </Button>
        ) : null}
      </div>
      {list.isPending ? <Skeleton rows={3} shape="row" /> : null}
      {list.isError ? <Failed error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data?.length === 0 ? (
        <Empty title={t("property.empty_title")} text={t(mayDefine ? "property.empty" : "property.empty_read")} />
      ) : null}
      {list.data?.length ? (
        <ul className="card rowlist">
          {list.data.map((one) => (
            <li key={one.id}>
              <div className="grow">
                <p className="mid" dir="auto">
                  {one.label}
                  <UnsavedMark at={`properties/${one.id}`} />
                </p>
                <p className="small-text muted">
                  {t(TYPES[one.type])}
                  {one.options.length ? `: ${nameList(one.options)}` : ""} · <code>{one.key}</code>
                </p>
              </div>
              {mayDefine ? (
                <Menu
                  label={t("property.menu", { name: one.label })}
                  className="iconbtn"
                  align="end"
                  items={[
                    { id: "change", label: t("property.change"), run: () => setOpen(one) },
                    {
                      id: "delete",
                      label: t("property.delete"),
                      isDangerous: true,
                      startsGroup: true,
                      run: () => void drop(one),
                    },
                  ]}
                >
                  <Ellipsis />
                </Menu>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {open ? (
        <PropertyDialog property={open === "new" ? null : open} onClose={() => setOpen(null)} onDone={renew} />
      ) : null}
    </div>
  );
}

interface DialogProps {
  property: ContactProperty | null;
  onClose: () => void;
  onDone: () => Promise<void>;
}

function PropertyDialog({ property, onClose, onDone }: DialogProps) {
  const unsaved = useUnsaved(`properties/${property?.id ?? "new"}`, {
    label: property?.label ?? "",
    type: property?.type ?? "text",
    options: property?.options.join("\n") ?? "",
  });
  const { label, type, options } = unsaved.value;
  const change = (part: Partial<typeof unsaved.value>) => unsaved.change({ ...unsaved.value, ...part });
  const [wrong, setWrong] = useState<{ field: string; words: string } | null>(null);
  const hasOptions = type === "choice" || type === "choices";
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const given = { label, ...(hasOptions && { options: options.split("\n").filter((one) => one.trim()) }) };
    try {
      if (property) await patch(`/api/contact-properties/${property.id}`, given);
      else await post("/api/contact-properties", { ...given, type });
      unsaved.saved(unsaved.value);
      await onDone();
      onClose();
    } catch (problem) {
      // Where no field of this dialog is named, the first one says it.
      const isOfOptions = problem instanceof Problem && problem.field === "options" && hasOptions;
      setWrong({ field: isOfOptions ? "options" : "label", words: sentence(problem) });
    }
  };
  return (
    <Dialog title={property ? t("property.change") : t("property.new")} onClose={onClose}>
      <form className="contactform" onSubmit={(event) => void save(event)} noValidate>
        <Field
          label={t("property.label")}
          data-begin
          maxLength={60}
          value={label}
          error={wrong?.field === "label" ? wrong.words : null}
          onChange={({ target }) => change({ label: target.value })}
        />
        <Select
          label={t("property.type")}
          disabled={property !== null}
          hint={property ? t("property.type_stays") : undefined}
          value={type}
          onChange={({ target }) => change({ type: target.value as ContactProperty["type"] })}
        >
          {Object.entries(TYPES).map(([name, words]) => (
            <option key={name} value={name}>
              {t(words)}
            </option>
          ))}
        </Select>
        {hasOptions ? (
          <TextArea
            label={t("property.options")}
            hint={t("property.options_hint")}
            rows={5}
            value={options}
            error={wrong?.field === "options" ? wrong.words : null}
            onChange={({ target }) => change({ options: target.value })}
          />
        ) : null}
        <SaveLine unsaved={unsaved} isLasting />
      </form>
    </Dialog>
  );
}
