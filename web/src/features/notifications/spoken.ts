/* What a screen reader is told of the news: messages and writers in the conversation that is open, new ones in the list that is shown, what was not
 * delivered, and that the connection is back. Of other conversations only what customers write in them, and only for who wants that. One file listens, so that each thing is said once. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { live, onStreamEvent, reading } from "../../api/live";
import { keys } from "../../api/queries";
import type { ConversationList, Id, Session, StreamEvent, User } from "../../api/types";
import { announce } from "../../ui/announce";
import { t } from "../../ui/i18n";

/** Does this person want to hear what customers write in conversations that are not open? Kept with their preferences. */
export const hearsOthers = (preferences: unknown): boolean =>
  (preferences as { spoken?: { has_others?: unknown } } | undefined)?.spoken?.has_others === true;

/** Rows come one by one when many arrive at once. */
const GATHER_MS = 1000;
/** After so much silence, writing is a new burst. */
const BURST_MS = 30_000;
/** A hiccup is not worth a word. */
const CALM_MS = 3000;
const LONGEST = 120;

const isLookedAt = () => document.visibilityState === "visible";

/** Listens, for as long as somebody is signed in. */
export function startSpeaking(client: QueryClient, me: Id): () => void {
  const nameOf = (id: Id | null) => client.getQueryData<User[]>(keys.users)?.find((user) => user.id === id)?.name;

  const wantsOthers = () => hearsOthers(client.getQueryData<Session>(keys.session)?.user.preferences);

  let gathered = 0;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  const met = new Set<Id>();
  const isShown = (id: Id) =>
    client
      .getQueryCache()
      .findAll({ queryKey: keys.lists, type: "active" })
      .some((query) =>
        (query.state.data as InfiniteData<ConversationList> | undefined)?.pages.some((page) =>
          page.items.some((row) => row.id === id),
        ),
      );
  const count = () => {
    const words = t("announce.new", { count: gathered });
    gathered = 0;
    return words;
  };

  const writtenAt = new Map<string, number>();
  const isBurst = (who: string) => {
    const before = writtenAt.get(who) ?? 0;
    writtenAt.set(who, Date.now());
    return Date.now() - before > BURST_MS;
  };
  const failed = new Set<Id>();

  const hear = (event: StreamEvent) => {
    if (event.type === "message.changed") {
      const { id, author_id, state, recipients } = event.data.message;
      if (state !== "failed") failed.delete(id);
      else if (author_id === me && !failed.has(id)) {
        failed.add(id);
        const to = recipients.map((one) => one.name || one.address).join(", ");
        announce(t("announce.failed", { name: to }), "assertive");
      }
    }
    if (!isLookedAt()) return;
    if (event.type === "message.added") {
      const { conversation_id, type, direction, author_id, sender, text } = event.data.message;
      if (type === "system" || author_id === me) return;
      const name = nameOf(author_id) || sender?.name || sender?.address || t("contact.unknown");
      if (conversation_id !== reading.id) {
        if (direction === "in" && wantsOthers())
          announce(t("announce.elsewhere", { name, text: text.slice(0, LONGEST) }), "polite", `in ${conversation_id}`);
        return;
      }
      announce(t("announce.message", { name, text: text.slice(0, LONGEST) }));
    } else if (event.type === "conversation.changed") {
      const { id, message_count, last_direction } = event.data.conversation;
      if (message_count !== 1 || last_direction !== "in" || met.has(id) || !isShown(id) || wantsOthers()) return;
      met.add(id);
      gathered++;
      gathering ??= setTimeout(() => {
        gathering = undefined;
        announce(count, "polite", "new");
      }, GATHER_MS);
    } else if (event.type === "presence" || event.type === "typing") {
      const { conversation_id, user_id } = event.data;
      const isWriting = event.type === "typing" ? event.data.is_typing : event.data.state === "writing";
      const name = nameOf(user_id);
      if (!isWriting || !name || user_id === me || conversation_id !== reading.id) return;
      if (isBurst(`${conversation_id}:${user_id}`)) announce(t("presence.writing", { name }), "polite", user_id);
    }
  };

  let brokenAt = 0;
  const followLine = () => {
    const isLive = live.get().connection === "live";
    if (!isLive) brokenAt ||= Date.now();
    else if (brokenAt) {
      if (Date.now() - brokenAt > CALM_MS) announce(t("announce.online"), "polite", "line");
      brokenAt = 0;
    }
  };
  const stops = [onStreamEvent(hear), live.subscribe(followLine)];
  return () => {
    for (const stop of stops) stop();
    clearTimeout(gathering);
  };
}
