/* Actions about what stands in the open conversation. */
import { TextSearch } from "lucide-react";
import type { Action } from "./action";
import { openFind } from "./find";

export const threadActions: Action[] = [
  {
    name: "find",
    group: "conversation",
    label: () => "action.find",
    icon: () => TextSearch,
    keys: ["Mod+f"],
    when: (scope) => scope.conversation !== null,
    run: openFind,
  },
];
