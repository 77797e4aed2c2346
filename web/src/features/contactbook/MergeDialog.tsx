/* Two contacts side by side: which name, owner and values stay, and what goes along. Nothing happens before the button; Undo brings it back at any time. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { get, query } from "../../api/client";
import { contactPropertiesQuery, contactQuery, keys } from "../../api/queries";
import type { Contact, ContactRow, Page } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import type { People } from "../contacts/changes";
import { shownValue } from "../contacts/PropertyFacts";
import { rowName } from "./ContactTable";
import { duplicatesQuery, hintOf } from "./Duplicates";
import { type Choices, mergeContacts } from "./merging";

interface Props {
  contact: Contact;
  /** Chosen already. */
  other: string | null;
  where: People;
  onClose: () => void;
}

export function MergeDialog({ contact, other, where, onClose }: Props) {
  const [id, setId] = useState(other);
  const chosen = useQuery({ ...contactQuery(id ?? ""), enabled: id !== null });
  return (
    <Dialog title={t("merge_contacts.title")} onClose={onClose} isWide>
      {id === null ? <Choose contact={contact} onChoose={setId} /> : null}
      {id !== null && chosen.isPending ? <Skeleton rows={3} shape="line" /> : null}
      {chosen.isError ? <Failed error={chosen.error} onRetry={() => setId(null)} /> : null}
      {id !== null && chosen.data ? (
        <SideBySide contact={contact} other={chosen.data} where={where} onBack={() => setId(null)} onClose={onClose} />
      ) : null}
    </Dialog>
  );
}

function Choose({ contact, onChoose }: { contact: Contact; onChoose: (id: string) => void }) {
  const [typed, setTyped] = useState("");
  const [words, setWords] = useState("");
  const likely = useQuery(duplicatesQuery(contact.id)).data ?? [];
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), 150);
    return () => clearTimeout(timer);
  }, [typed]);
  const found = useQuery({
    queryKey: [...keys.contactBook, "merge", words],
    queryFn: ({ signal }) =>
      get<Page<ContactRow>>(`/api/contacts${query({ q: words, limit: 8 })}`, signal).then((page) => page.items),
    enabled: words !== "",
  });
  const rows: { row: ContactRow; hint: string }[] = words
    ? (found.data ?? []).map((row) => ({ row, hint: row.identities[0]?.value ?? "" }))
    : likely.map(({ contact: row, why }) => ({ row, hint: hintOf(row, why) }));
  const others = rows.filter(({ row }) => row.id !== contact.id);
  return (
    <div className="contactform">
      <label className="field">
        <span className="label">{t("contact.find")}</span>
        <span className="input">
          <input type="search" data-begin value={typed} onChange={({ target }) => setTyped(target.value)} />
        </span>
      </label>
      <p className="muted small-text" role="status">
        {words
          ? t("contact.found", { count: others.length })
          : t(others.length ? "merge_contacts.likely" : "contact.find_hint")}
      </p>
      <ul className="others">
        {others.map(({ row, hint }) => (
          <li key={row.id}>
            <button type="button" onClick={() => onChoose(row.id)}>
              <Avatar name={row.name} seed={row.id} size={24} />
              <span className="cut grow" dir="auto">
                {rowName(row)}
              </span>
              <span className="muted cut">{hint}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface SideProps {
  contact: Contact;
  other: Contact;
  where: People;
  onBack: () => void;
  onClose: () => void;
}

interface Line {
  id: string;
  label: string;
  target: string;
  source: string;
}

function SideBySide({ contact, other, where, onBack, onClose }: SideProps) {
  const properties = useQuery(contactPropertiesQuery).data ?? [];
  const [sides, setSides] = useState<Record<string, "target" | "source">>({});
  const [wrong, setWrong] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const owner = (one: Contact) => where.users.find((user) => user.id === one.owner_id)?.name ?? "";
  const lines: Line[] = [
    { id: "name", label: t("contact.name"), target: contact.name, source: other.name },
    { id: "owner", label: t("contact.owner"), target: owner(contact), source: owner(other) },
    ...properties.map((one) => ({
      id: `property:${one.key}`,
      label: one.label,
      target: shownValue(one, contact.properties[one.key]),
      source: shownValue(one, other.properties[one.key]),
    })),
  ].filter((line) => line.target || line.source);
  const merge = async () => {
    setBusy(true);
    const chosen = Object.entries(sides).filter(([id]) => id.startsWith("property:"));
    const choices: Choices = {
      name: sides.name ?? "target",
      owner: sides.owner ?? "target",
      properties: Object.fromEntries(chosen.map(([id, side]) => [id.slice("property:".length), side])),
    };
    const problem = await mergeContacts(contact.id, other, choices, where.client);
    setBusy(false);
    setWrong(problem);
    if (!problem) onClose();
  };
  const addresses = (one: Contact) => one.identities.map((identity) => identity.value).join(", ");
  return (
    <div className="contactform">
      <p className="soft">{t("merge_contacts.lead")}</p>
      <table className="sidebyside">
        <caption className="sr">{t("merge_contacts.title")}</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">{t("merge_contacts.this_one")}</th>
            <th scope="col">{t("merge_contacts.other_one")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id}>
              <th scope="row">{line.label}</th>
              {(["target", "source"] as const).map((side) => (
                <td key={side} dir="auto">
                  {line.target && line.source && line.target !== line.source ? (
                    <label>
                      <input
                        type="radio"
                        name={line.id}
                        checked={(sides[line.id] ?? "target") === side}
                        onChange={() => setSides({ ...sides, [line.id]: side })}
                      />
                      {line[side]}
                    </label>
                  ) : (
                    line[side]
                  )}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">{t("merge_contacts.addresses")}</th>
            <td>{addresses(contact)}</td>
            <td>{addresses(other)}</td>
          </tr>
          <tr>
            <th scope="row">{t("merge_contacts.conversations")}</th>
            <td className="num">{contact.conversation_count}</td>
            <td className="num">{other.conversation_count}</td>
          </tr>
        </tbody>
      </table>
      <p className="hint error" role="alert">
        {wrong}
      </p>
      <div className="row">
        <Button look="primary" isBusy={isBusy} onClick={() => void merge()}>
          {t("merge_contacts.do")}
        </Button>
        <Button look="ghost" onClick={onBack}>
          {t("merge_contacts.another")}
        </Button>
      </div>
    </div>
  );
}
