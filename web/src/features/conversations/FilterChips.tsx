import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { channelAccountsQuery, inboxesQuery, tagsQuery, usersQuery } from "../../api/queries";
import { t } from "../../ui/i18n";
import { filterPanel } from "./filterState";
import { chipsOf, type Names } from "./filterWords";
import { useChangeList, useView } from "./useList";
import { filtersOf } from "./views";

/** What narrows the list now, each with a button that takes it away. A saved view's own filters are its name; chips show what differs. */
export function FilterChips() {
  const { search } = useView();
  const filters = filtersOf(search);
  const change = useChangeList();
  const names = useNames(filters !== null);
  const chips = filters ? chipsOf(filters, names) : [];
  if (!chips.length) return null;
  return (
    <ul className="filterchips" aria-label={t("filter.active")}>
      {chips.map((chip) => (
        <li key={chip.key} className="chip s">
          <span className="cut">{chip.words}</span>
          <button
            type="button"
            aria-label={t("filter.remove", { name: chip.words })}
            title={t("filter.remove", { name: chip.words })}
            onClick={() => change({ filters: chip.without })}
          >
            <X className="small" />
          </button>
        </li>
      ))}
      <li>
        <button type="button" className="linklike" onClick={() => filterPanel.set({ isSaving: true })}>
          {t("filter.save_as")}
        </button>
      </li>
    </ul>
  );
}

function useNames(isWanted: boolean): Names {
  const users = useQuery(usersQuery).data ?? [];
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const inboxes = useQuery(inboxesQuery).data ?? [];
  const tags = useQuery({ ...tagsQuery, enabled: isWanted }).data ?? [];
  const nameIn = (list: readonly { id: string; name: string }[]) => (id: string) =>
    list.find((one) => one.id === id)?.name ?? "?";
  return {
    people: (id) => (id === "me" ? t("filter.me") : id === "nobody" ? t("assign.nobody") : nameIn(users)(id)),
    channel: nameIn(accounts),
    inbox: nameIn(inboxes),
    tag: nameIn(tags),
  };
}
