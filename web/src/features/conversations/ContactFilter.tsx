import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { get, query } from "../../api/client";
import { contactQuery, keys } from "../../api/queries";
import type { Contact, Page } from "../../api/types";
import { IconButton } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";

/** One contact, found by the beginning of a name or an address. */
export function ContactFilter({ id, onChange }: { id: string | null; onChange: (id: string | null) => void }) {
  const [words, setWords] = useState("");
  const asked = useDeferredValue(words.trim());
  const known = useQuery({ ...contactQuery(id ?? ""), enabled: id !== null }).data;
  const found = useQuery({
    queryKey: [...keys.contact("search"), asked],
    queryFn: () => get<Page<Contact>>(`/api/contacts${query({ q: asked, limit: 6 })}`).then((answer) => answer.items),
    enabled: asked.length > 1 && id === null,
  }).data;
  if (id !== null)
    return (
      <div className="field">
        <span className="label">{t("filter.contact")}</span>
        <span className="chip">
          <span className="cut">{known?.name || t("filter.one_contact")}</span>
          <IconButton
            className="s"
            label={t("filter.remove", { name: known?.name ?? "" })}
            onClick={() => onChange(null)}
          >
            <X className="small" />
          </IconButton>
        </span>
      </div>
    );
  return (
    <div>
      <Field
        label={t("filter.contact")}
        type="search"
        value={words}
        placeholder={t("filter.contact_hint")}
        onChange={(event) => setWords(event.target.value)}
      />
      {found?.length ? (
        <ul className="foundcontacts" aria-label={t("filter.contact")}>
          {found.map((contact) => (
            <li key={contact.id}>
              <button type="button" className="menuitem" onClick={() => onChange(contact.id)}>
                <span className="cut">{contact.name || contact.identities[0]?.value}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
