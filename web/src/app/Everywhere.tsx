/* On the screens without a list of conversations (settings, contacts, search): the keys that mean the same everywhere, and the pane in which one writes to
 * somebody first. The inbox has both itself, with what is open in it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Scope } from "../actions/action";
import { useKeyboard } from "../actions/keyboard";
import { everywhere } from "../actions/list";
import { usersQuery } from "../api/queries";
import type { User } from "../api/types";
import { Starting } from "../features/starting/Starting";

const VIEW = "open";

export function Everywhere({ me }: { me: User }) {
  const navigate = useNavigate();
  const go = (view: string) => void navigate({ to: "/inbox/$view", params: { view }, search: {} });
  const scope: Scope = {
    client: useQueryClient(),
    me,
    users: useQuery(usersQuery).data ?? [],
    view: VIEW,
    conversation: null,
    rows: [],
    go,
    open: (id) => {
      if (id === null) go(VIEW);
      else void navigate({ to: "/inbox/$view/$conversation", params: { view: VIEW, conversation: id }, search: {} });
    },
  };
  useKeyboard(everywhere, scope);
  return <Starting scope={scope} />;
}
