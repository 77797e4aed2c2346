import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Contact, ContactRow, Duplicate, Page } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { type MessageId, t } from "../../ui/i18n";
import { Section } from "../contacts/Section";
import { rowName } from "./ContactTable";

export const WHYS: Record<Duplicate["why"], MessageId> = {
  address: "duplicate.address",
  name: "duplicate.name",
  mailbox: "duplicate.mailbox",
};

export const duplicatesQuery = (id: string) => ({
  queryKey: ["contact-duplicates", id],
  queryFn: () => get<Page<Duplicate>>(`/api/contacts/${id}/duplicates`).then((page) => page.items),
  staleTime: 60_000,
});

/** What stands under the name, best all of it: people of one name are told apart by it alone. */
export const hintOf = (row: ContactRow, why: Duplicate["why"]): string => {
  const shown = rowName(row);
  const addresses = row.identities.map((one) => one.value).filter((value) => value !== shown);
  return [...addresses, t(WHYS[why])].join(" · ");
};

/** Who may be the same person. Nothing is said where nobody is. */
export function Duplicates({ contact, onMerge }: { contact: Contact; onMerge: (other: string) => void }) {
  const found = useQuery(duplicatesQuery(contact.id)).data ?? [];
  if (!found.length) return null;
  return (
    <Section name="duplicates" title={t("duplicate.title")} count={String(found.length)}>
      <ul className="others">
        {found.map(({ contact: one, why }) => (
          <li key={one.id}>
            <button
              type="button"
              aria-label={t("duplicate.merge", { name: rowName(one), why: hintOf(one, why) })}
              onClick={() => onMerge(one.id)}
            >
              <Avatar name={one.name} seed={one.id} size={20} />
              <span className="lines grow">
                <span className="cut" dir="auto">
                  {rowName(one)}
                </span>
                <span className="muted" dir="auto">
                  {hintOf(one, why)}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
