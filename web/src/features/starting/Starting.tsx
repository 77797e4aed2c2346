/* Stands once in the inbox: the pane for a new conversation, while one is being written. */
import { lazy, Suspense } from "react";
import type { Scope } from "../../actions/action";
import { starting } from "../../actions/starting";
import { withWords } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { EarlyLine } from "./EarlyLine";

const load = withWords(() => import("./NewConversation"));
const NewConversation = lazy(load);
// After the list and the composer, so that the pane opens at once.
if (typeof window !== "undefined") setTimeout(() => void load().catch(() => undefined), 4000);

export function Starting({ scope }: { scope: Scope }) {
  const isOpen = useStore(starting, (state) => state.isOpen);
  if (!isOpen) return null;
  return (
    <Suspense fallback={<EarlyLine />}>
      <NewConversation scope={scope} />
    </Suspense>
  );
}
