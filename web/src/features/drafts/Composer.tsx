/* Where answers and comments are written: which of the two, and what came back from the server. Read next: Writing.tsx. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import type { Scope } from "../../actions/action";
import { composerAsk, type Mode } from "../../actions/panes";
import { inboxesQuery } from "../../api/queries";
import type { Conversation, Id, Message } from "../../api/types";
import { withWords } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { EarlyField, earlyFieldInUse } from "./EarlyField";
import { returned } from "./refused";
import "./composer.css";

type Loaded = typeof import("./Writing");
let loaded: Loaded | undefined;
const AT_END = 1e9;
const fetchWriting = () =>
  import("./Writing").then((found) => {
    loaded = found;
    void found.fetchEditor().catch(() => undefined);
    return found;
  });
// The list comes first; while one looks at it, this comes.
if (typeof window !== "undefined") setTimeout(() => void fetchWriting().catch(() => undefined), 1500);

export interface ComposerProps {
  conversation: Conversation;
  messages: Message[];
  lastId: Id | null;
  scope: Scope;
}

const ReadOnly = lazy(withWords(() => import("./ReadOnly")));

export function Composer(props: ComposerProps) {
  const inbox = useQuery(inboxesQuery).data?.find((one) => one.id === props.conversation.inbox_id);
  if (!inbox || inbox.can_act) return <Answer {...props} />;
  return (
    <Suspense fallback={null}>
      <ReadOnly inbox={inbox} me={props.scope.me} />
    </Suspense>
  );
}

function Answer(props: ComposerProps) {
  const ask = useStore(composerAsk, (state) => state);
  const back = useStore(returned, (state) => state.last);
  // Somebody has asked for it while the conversation was still being fetched, and their hands are in the field that stood here.
  const [before] = useState(earlyFieldInUse);
  const [mode, setMode] = useState<Mode>(before ? ask.mode : "reply");
  const seen = useRef(before ? ask.at - 1 : ask.at);
  // While drawing, not after it: a letter typed right behind the key that asked must find the field.
  const [heard, setHeard] = useState({ ask: ask.at, back: 0 });
  if (ask.at !== heard.ask) {
    setHeard({ ...heard, ask: ask.at });
    setMode(ask.mode);
  } else if (back && back.at !== heard.back && back.conversationId === props.conversation.id) {
    setHeard({ ...heard, back: back.at });
    setMode(back.mode);
  }
  const [module, setModule] = useState(loaded);
  const early = useRef<HTMLTextAreaElement>(null);
  const isComposing = useRef(false);
  const isByKey = useRef(false);
  useEffect(() => {
    if (module) return;
    let isGone = false;
    const load = () =>
      fetchWriting()
        .then((found) => {
          const put = () => {
            // Not in the middle of a composed character.
            if (isComposing.current) setTimeout(put, 50);
            else if (!isGone) setModule(found);
          };
          put();
        })
        // No network: what is typed is kept, and the rest comes when there is one.
        .catch(() => !isGone && setTimeout(load, 3000));
    void load();
    return () => {
      isGone = true;
    };
  }, [module]);
  // An early field still stands here while its successor is drawn: every letter typed until then counts.
  const field = [early.current, before].find((one) => one !== null && one === document.activeElement);
  const mine = back?.conversationId === props.conversation.id && back.mode === mode ? back : null;
  if (!module)
    return (
      <EarlyField
        key={mode}
        me={props.scope.me.id}
        conversation={props.conversation.id}
        mode={mode}
        lastId={props.lastId}
        field={early}
        isComposing={isComposing}
        isWanted={ask.at !== seen.current}
        startsAt={field?.selectionStart}
      />
    );
  const { Writing } = module;
  const startsAt = field?.selectionStart ?? (isByKey.current ? AT_END : null);
  // A new key when something came back: the draft is read again from where it was put.
  return (
    <Writing
      key={`${mode}:${mine?.at ?? 0}`}
      {...props}
      mode={mode}
      onMode={(next, byKey = false) => {
        isByKey.current = byKey;
        setMode(next);
      }}
      back={mine}
      askedAt={seen.current}
      startsAt={startsAt}
    />
  );
}
