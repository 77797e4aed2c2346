/* What is open and assigned to somebody, where one decides whether they may come in: how much, and the way there. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { get, query } from "../../api/client";
import { keys } from "../../api/queries";
import type { ConversationList, Id } from "../../api/types";
import { t } from "../../ui/i18n";

const COUNTED = 50;

export function TheirOpen({ id }: { id: Id }) {
  const list = useQuery({
    queryKey: [...keys.people, id, "open"],
    queryFn: ({ signal }) =>
      get<ConversationList>(`/api/conversations${query({ view: "open", assignees: id, limit: COUNTED })}`, signal),
    staleTime: 0,
  });
  const count = list.data?.items.length;
  if (!count) return null;
  return (
    <Link className="link" to="/inbox/$view" params={{ view: "open" }} search={{ assignees: id }}>
      {t(list.data?.next ? "people.has_open_many" : "people.has_open", { count })}
    </Link>
  );
}
