/* In which inboxes a person acts: by name (changed here), by a team, or because the inbox is for everyone. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { put, remove } from "../../api/client";
import { useMay } from "../../api/may";
import { inboxesQuery } from "../../api/queries";
import type { Inbox, Person } from "../../api/types";
import { type MessageId, t } from "../../ui/i18n";
import { attempt } from "./people";

export function PersonInboxes({ person }: { person: Person }) {
  const client = useQueryClient();
  const inboxes = (useQuery(inboxesQuery).data ?? []).filter((inbox) => !inbox.is_archived);
  const mayConfigure = useMay("account_access");
  const set = (inbox: Inbox, isMember: boolean) => {
    const path = `/api/inboxes/${inbox.id}/members/${person.id}`;
    const make = (wanted: boolean) => (wanted ? put(path, {}) : remove(path));
    void attempt(
      client,
      () => make(isMember),
      t(isMember ? "people.added_to" : "people.taken_from", { name: person.name, inbox: inbox.name }),
      () => void attempt(client, () => make(!isMember)),
    );
  };
  return (
    <fieldset>
      <legend className="label">{t("views.inboxes")}</legend>
      <ul className="reachlist">
        {inboxes.toSorted(changeableFirst).map((inbox) => {
          const reach = person.reach.find((one) => one.inbox_id === inbox.id);
          const isOpen = inbox.access === "everyone";
          return (
            <li key={inbox.id}>
              <label>
                <input
                  type="checkbox"
                  checked={isOpen || (reach?.is_named ?? false)}
                  disabled={isOpen || !mayConfigure}
                  onChange={(event) => set(inbox, event.target.checked)}
                />
                <span className="grow">
                  {inbox.name}
                  <span className="block small-text muted">{t(because(isOpen, reach))}</span>
                </span>
              </label>
            </li>
          );
        })}
      </ul>
    </fieldset>
  );
}

const changeableFirst = (a: Inbox, b: Inbox) => Number(a.access === "everyone") - Number(b.access === "everyone");

function because(isOpen: boolean, reach: Person["reach"][number] | undefined): MessageId {
  if (isOpen) return "people.by_everyone";
  if (reach?.is_named) return "people.by_name";
  if (reach?.may_act) return "people.by_team";
  return reach?.may_read ? "people.only_reads" : "people.no_access";
}
