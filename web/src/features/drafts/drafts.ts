/* What is being written, one draft per conversation and mode. Kept on this computer at each pause of 300 ms and on the server after 2 s; it survives
 * reload, crash, sign-out and another tab. A newer draft from elsewhere is offered, never forced. Read next: useDraft.ts. */

import type { Mode } from "../../actions/panes";
import { get, Problem, put, remove } from "../../api/client";
import { compareIds, isLocal, newClientId } from "../../api/ids";
import { inLine, settled } from "../../api/saving";
import { serverNow } from "../../api/serverTime";
import type { Attachment, Id, Message, ServerDraft, Time } from "../../api/types";
import { whenPainted } from "../../ui/firstPaint";
import { looksLikeAddress } from "./recipients";

export interface Draft {
  text: string;
  /** The same, formatted; "" when it was never in the rich editor. */
  html: string;
  /** Absent: the answer's own ("Re: …"). */
  subject?: string;
  /** The channel account it leaves by; absent: the conversation's. */
  channel_account_id?: Id;
  /** The answer does not quote what it answers. */
  has_no_quote?: boolean;
  /** The message that is passed on; absent: the newest when the writer began. */
  forward_of?: Id;
  attachments: Attachment[];
  /** Absent: whoever the reply goes to by itself. */
  to?: string[];
  cc?: string[];
  bcc?: string[];
  /** The people are those of "Reply all", and nobody has changed them: a press of that is no draft yet. */
  is_to_all?: boolean;
  /** The newest message when the first word was written. */
  began_after?: Id;
  /** Of just this draft: sent again because it failed, or from another device that has it too, it is one message. */
  client_id?: string;
  updated_at: Time;
}

/** By the server's clock, for drafts of other devices and the server's own are compared with it. */
export const draftTime = (): Time => new Date(serverNow()).toISOString();

export const emptyDraft = (): Draft => ({ text: "", html: "", attachments: [], updated_at: new Date(0).toISOString() });
/** Is there something to send? */
export const hasWords = (draft: Draft) =>
  draft.text.trim() !== "" || draft.attachments.length > 0 || draft.html.includes("<img");
/** Nothing to keep: no words, and nobody has chosen a subject or people for them. */
export const isEmpty = (draft: Draft) =>
  !hasWords(draft) &&
  !draft.subject &&
  (draft.is_to_all || ![draft.to, draft.cc, draft.bcc].flat().some((one) => one && looksLikeAddress(one)));

/** Do two drafts say different things? What only one of them says was put in by itself, or is on its way to the other. */
export function differs(one: Draft, other: Draft): boolean {
  const files = (draft: Draft) => draft.attachments.map((file) => file.id).join();
  const isOther = (a: unknown, b: unknown) => a !== undefined && b !== undefined && String(a) !== String(b);
  return (
    one.text !== other.text ||
    files(one) !== files(other) ||
    (["subject", "to", "cc", "bcc"] as const).some((part) => isOther(one[part], other[part]))
  );
}

/** A draft as this browser keeps it: `is_behind` until the server has it, too. */
type Stored = Draft & { is_behind?: true };

const storageKey = (me: Id, conversation: Id, mode: Mode) => `innboks.draft.${me}.${conversation}.${mode}`;

export function readLocal(me: Id, conversation: Id, mode: Mode): Draft | null {
  try {
    const stored = localStorage.getItem(storageKey(me, conversation, mode));
    if (!stored) return null;
    const { is_behind: _, ...draft } = JSON.parse(stored) as Partial<Stored>;
    return { ...emptyDraft(), ...draft };
  } catch {
    return null;
  }
}

export function writeLocal(me: Id, conversation: Id, mode: Mode, draft: Draft): void {
  try {
    const key = storageKey(me, conversation, mode);
    if (isEmpty(draft)) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ ...draft, is_behind: true } satisfies Stored));
  } catch {
    // Storage is full or forbidden: the server's copy has to do.
  }
}

/** Once the server has it; not where something newer stands here by now. */
export function markArrived(me: Id, conversation: Id, mode: Mode, draft: Draft): void {
  try {
    const key = storageKey(me, conversation, mode);
    const { is_behind: _, ...stored } = JSON.parse(localStorage.getItem(key) ?? "{}") as Stored;
    if (stored.updated_at === draft.updated_at) localStorage.setItem(key, JSON.stringify(stored));
  } catch {
    // It is sent once more, which does no harm.
  }
}

/** Stands something here that never reached the server, because the line was cut or the page went? */
export function isBehind(me: Id, conversation: Id, mode: Mode): boolean {
  try {
    const stored = localStorage.getItem(storageKey(me, conversation, mode));
    return stored !== null && (JSON.parse(stored) as Stored).is_behind === true;
  } catch {
    return false;
  }
}

/** The draft with what was changed. With the first word the newest message is noted; another text is another message. */
export function withPart(before: Draft, part: Partial<Draft>, lastId: Id | null): Draft {
  const next: Draft = { ...before, ...part, updated_at: draftTime() };
  if (!hasWords(before) && hasWords(next)) next.began_after = lastId ?? undefined;
  if (part.client_id === undefined) next.client_id = newClientId();
  return next;
}

const lineOf = (conversation: Id, mode: Mode) => ["draft", conversation, mode];
const path = (conversation: Id, mode: Mode) => `/api/conversations/${conversation}/draft?mode=${mode}`;

/** Once all that is on its way from here has arrived there. */
export async function readServer(conversation: Id, mode: Mode): Promise<Draft | null> {
  await whenPainted();
  await settled(lineOf(conversation, mode));
  try {
    const draft = await get<ServerDraft | null | undefined>(path(conversation, mode));
    if (!draft?.updated_at) return null;
    const { text, html, subject, attachments, to, cc, bcc, channel_account_id, has_no_quote } = draft;
    return {
      text,
      html,
      subject: subject || undefined,
      attachments,
      to: to ?? undefined,
      cc: cc ?? undefined,
      bcc: bcc ?? undefined,
      channel_account_id: channel_account_id ?? undefined,
      has_no_quote,
      forward_of: draft.forward_of ?? undefined,
      began_after: draft.began_after ?? undefined,
      client_id: draft.client_id ?? undefined,
      updated_at: draft.updated_at,
    };
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) return null;
    throw problem;
  }
}

/** One after the other: a text that is still on its way must not arrive behind the word that it was sent, and come back. */
export const writeServer = async (conversation: Id, mode: Mode, draft: Draft): Promise<void> =>
  void (await inLine(lineOf(conversation, mode), () => write(conversation, mode, draft)));

async function write(conversation: Id, mode: Mode, draft: Draft): Promise<void> {
  if (isEmpty(draft)) return remove(path(conversation, mode));
  const { updated_at: _, is_to_all: __, ...content } = draft;
  await put(path(conversation, mode), { ...content, subject: draft.subject ?? "" });
}

/** Up to where the writer knows the conversation: what was there when the draft began, and what they added themselves since. Anything later is news,
 * and the server holds the answer back once because of it. */
export function knownUpTo(messages: Message[], began: Id | undefined, me: Id): Id | undefined {
  if (!began) return undefined;
  let known = began;
  for (const message of messages) {
    if (isLocal(message.id) || compareIds(message.id, known) <= 0) continue;
    if (message.author_id !== me && message.type !== "system") break;
    known = message.id;
  }
  return known;
}
