/* The filters of the line as chips that can be taken off, and what the operator that is being typed may be completed to. */
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { channelAccountsQuery, inboxesQuery, tagsQuery, usersQuery } from "../../api/queries";
import { t } from "../../ui/i18n";
import { completions, filtersOf, without } from "./line";

interface Props {
  line: string;
  onLine: (line: string) => void;
}

export function Chips({ line, onLine }: Props) {
  const filters = filtersOf(line);
  if (!filters.length) return null;
  return (
    <ul className="filters" aria-label={t("search.filters")}>
      {filters.map((part) => (
        <li key={part.start} className="chip">
          <span className="cut" dir="auto">
            {part.text}
          </span>
          <button
            type="button"
            aria-label={t("search.remove_filter", { filter: part.text })}
            onClick={() => onLine(without(line, part))}
          >
            <X className="small" />
          </button>
        </li>
      ))}
    </ul>
  );
}

export function Completions({ line, onLine }: Props) {
  const users = useQuery(usersQuery).data ?? [];
  const inboxes = useQuery(inboxesQuery).data ?? [];
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const tags = useQuery(tagsQuery).data ?? [];
  const people = users.filter((user) => user.is_active).map((user) => user.name);
  const offered = completions(line, {
    assignee: people,
    from: people,
    inbox: inboxes.map((one) => one.name),
    in: inboxes.map((one) => one.name),
    channel: accounts.map((one) => one.name),
    tag: tags.map((one) => one.name),
  });
  if (!offered.length) return null;
  return (
    <ul className="filters" aria-label={t("search.completions")}>
      {offered.map((one) => (
        <li key={one.label}>
          <button type="button" className="chip offer" onClick={() => onLine(one.line)}>
            {one.label}
          </button>
        </li>
      ))}
    </ul>
  );
}
