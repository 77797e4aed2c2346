/* Who writes, how they are reached, what the team knows of them, and what else they wrote. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Scope } from "../../actions/action";
import { togglePane } from "../../actions/panes";
import { live } from "../../api/live";
import { contactQuery } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { useBackCloses } from "../../ui/backCloses";
import { t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { useStore } from "../../ui/store";
import { contactName } from "../conversations/Row";
import { TicketSection } from "../tickets/TicketSection";
import { Facts } from "./Facts";
import { Notes } from "./Notes";
import { Others } from "./Others";
import { PersonHead } from "./PersonHead";
import { ReachOn } from "./ReachOn";
import { Tags } from "./Tags";
import { Unknown } from "./Unknown";
import "./context.css";

interface Props {
  conversation: Conversation;
  scope: Scope;
}

const LIES_OVER = "(max-width: 1439px)";

export default function ContactPane({ conversation, scope }: Props) {
  const id = conversation.contact?.id ?? null;
  const pane = useRef<HTMLElement>(null);
  const isMissing = useQuery({ ...contactQuery(id ?? ""), enabled: id !== null }).data === undefined;
  const isCut = useStore(live, (state) => state.connection !== "live");
  // Without a line it is said once that they come later, and not in each part.
  const isLater = isCut && isMissing;
  useBackCloses(() => togglePane("hasContext"), conversation.id);
  useEffect(() => {
    if (!matchMedia(LIES_OVER).matches) return;
    // It lies over the thread: the hands go on in it, and go back where they were.
    const before = document.activeElement;
    pane.current?.querySelector<HTMLElement>(".hidepane")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <aside
      className="context"
      aria-label={t("contact.about", { name: contactName(conversation) })}
      data-pane="context"
      ref={pane}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || !matchMedia(LIES_OVER).matches) return;
        event.stopPropagation();
        event.preventDefault();
        togglePane("hasContext");
      }}
    >
      {id ? (
        <Known key={id} id={id} isLater={isLater} conversation={conversation} scope={scope} />
      ) : (
        <Unknown conversation={conversation} scope={scope} />
      )}
      {isLater ? null : <TicketSection conversation={conversation} scope={scope} />}
      <Tags conversation={conversation} scope={scope} />
      {id ? <Others id={id} open={conversation} view={scope.view} /> : null}
    </aside>
  );
}

function Known({ id, isLater, conversation, scope }: Props & { id: string; isLater: boolean }) {
  const found = useQuery(contactQuery(id));
  const contact = found.data;
  return (
    <>
      <section>
        <PersonHead contact={contact} conversation={conversation} scope={scope} />
        <Loading query={found} queryKey={contactQuery(id).queryKey} rows={3} shape="line" />
        {contact ? <Facts contact={contact} scope={scope} /> : null}
      </section>
      {isLater ? null : (
        <>
          <ReachOn id={id} name={contactName(conversation)} conversation={conversation} scope={scope} />
          <Notes id={id} scope={scope} />
        </>
      )}
    </>
  );
}
