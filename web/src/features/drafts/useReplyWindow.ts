/* How long the chosen channel takes answers (`Abilities.reply_window_s`), and where else an answer can go once it does not. The server decides: it is asked
 * again at the moment at which it said the window closes, and whenever the customer writes (api/stale.ts). Read next: ShutWindow.tsx. */
import { useQuery } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef, useState } from "react";
import type { Mode } from "../../actions/panes";
import { channelsQuery, reachQuery } from "../../api/queries";
import { serverNow } from "../../api/serverTime";
import type { Channel, ChannelAccount, Conversation, Reach } from "../../api/types";
import { announce } from "../../ui/announce";
import { moveOn } from "../../ui/clock";
import { t } from "../../ui/i18n";
import type { Way } from "./useWay";

/** Another way to the same person that is open. */
export interface Elsewhere {
  account: ChannelAccount;
  channel: Channel;
}

export interface Shut {
  reason: "window_closed" | "must_write_first";
  /** Since when; null: the customer has never written there. */
  since: string | null;
  /** How long the channel's window is, in seconds. */
  window_s: number;
}

export interface ReplyWindow {
  /** Has the server said how it stands? False where the channel has no window. */
  isKnown: boolean;
  /** When an open window closes; null: it never does, or has. */
  closesAt: Date | null;
  opensAt: Date | null;
  /** No answer is taken now. */
  shut: Shut | null;
  /** Where else an answer can go, at most two; only of a shut window. */
  elsewhere: Elsewhere[];
}

const HOUR_MS = 3_600_000;
const OFFERED_MAX = 2;

interface Given {
  way: Way;
  contact: Conversation["contact"];
  mode: Mode;
  /** Is something written, or the hand in the field? Then the end is told at once. */
  isWriting: () => boolean;
  /** Grows when the server refused an answer because of the window: what was known is old. */
  refusals: number;
}

export function useReplyWindow({ way, contact, mode, isWriting, refusals }: Given): ReplyWindow {
  const account = way.account?.id;
  const window_s = mode === "reply" ? (way.abilities?.reply_window_s ?? 0) : 0;
  const contactId = contact?.id ?? "";
  const isAsked = window_s > 0 && contactId !== "";
  const { data, refetch } = useQuery({ ...reachQuery(contactId), enabled: isAsked });
  const channels = useQuery(channelsQuery).data ?? [];
  const known = isAsked ? data?.find((one) => one.channel_account_id === account) : undefined;
  const until = known?.until ?? null;
  const shut = shutOf(known, window_s, serverNow());

  const [, drawAnew] = useState(0);
  useEffect(() => {
    if (!until || !known?.is_open) return;
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      const left = Date.parse(until) - serverNow();
      // A timer of weeks fires at once, and a computer may sleep.
      if (left > 0) timer = setTimeout(wait, Math.min(left + 1, HOUR_MS));
      else {
        drawAnew((before) => before + 1);
        moveOn();
        void refetch();
      }
    };
    wait();
    return () => clearTimeout(timer);
  }, [until, known?.is_open, refetch]);
  useEffect(() => {
    if (refusals > 0 && isAsked) void refetch();
  }, [refusals, isAsked, refetch]);

  const elsewhere = shut ? openOnes(way, data ?? [], channels) : [];
  useTold(account, known && (shut ? "shut" : "open"), isWriting, elsewhere);
  const opensAt = until ? new Date(Date.parse(until) - window_s * 1000) : null;
  return { isKnown: known !== undefined, closesAt: shut || !until ? null : new Date(until), opensAt, shut, elsewhere };
}

/** By the server's last answer, and by the time it named: what it said was open until then is not open after it. */
export function shutOf(known: Reach | undefined, window_s: number, now: number): Shut | null {
  if (!known) return null;
  if (known.reason === "window_closed" || known.reason === "must_write_first")
    return { reason: known.reason, since: known.until, window_s };
  if (known.until && Date.parse(known.until) <= now) return { reason: "window_closed", since: known.until, window_s };
  return null;
}

function openOnes(way: Way, reach: Reach[], channels: Channel[]): Elsewhere[] {
  const open = new Set(reach.flatMap((one) => (one.is_open ? [one.channel_account_id] : [])));
  return way.options
    .flatMap(({ account, isOff }) => {
      const channel = channels.find((one) => one.kind === account.kind);
      const isWay = !isOff && account.id !== way.account?.id && open.has(account.id);
      return channel && isWay ? [{ account, channel }] : [];
    })
    .slice(0, OFFERED_MAX);
}

/** "Email instead"; by its own name where there are two of a kind. */
export const insteadWords = ({ account, channel }: Elsewhere, all: Elsewhere[]): string =>
  t("sending.instead", {
    channel: all.filter((one) => one.channel.kind === channel.kind).length > 1 ? account.name : channel.name,
  });

/** Says it when it closes under somebody's hands, and when it is open again. */
function useTold(
  account: string | undefined,
  state: "open" | "shut" | undefined,
  isWriting: () => boolean,
  elsewhere: Elsewhere[],
): void {
  const before: RefObject<{ account: string | undefined; state: "open" | "shut" | undefined }> = useRef({
    account,
    state,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once for each change
  useEffect(() => {
    const was = before.current;
    before.current = { account, state };
    if (was.account !== account || !was.state || !state || was.state === state || !isWriting()) return;
    if (state === "open") announce(t("composer.window_open_again"));
    else {
      const offers = elsewhere.map((one) => insteadWords(one, elsewhere)).join(", ");
      announce([t("composer.window_closed_now"), offers].filter(Boolean).join(" "), "assertive");
    }
  }, [account, state]);
}
