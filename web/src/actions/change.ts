/* Changes to conversations, one or many: shown at once, told to the server, taken back where the server refuses, and undone by `Z` or by the toast that
 * says so once the server has it. Many go in small bundles, so that what is done so far can be shown and one that cannot be changed stops no other. Read next: changes.ts. */
import type { QueryClient } from "@tanstack/react-query";
import { NoConnection, patch, post } from "../api/client";
import { applyNow } from "../api/live";
import { keys } from "../api/queries";
import { inLine } from "../api/saving";
import type { BulkResults, Conversation, Id } from "../api/types";
import { t, withWords } from "../ui/i18n";
import { sentence } from "../ui/States";
import { inWords } from "../ui/serverWords";
import { toast, toastError, toastProgress, underWay } from "../ui/toasts";
import { type Change, changed, isEmpty, wayBack } from "./changes";

export type { Change } from "./changes";

const BUNDLE = 50;
const loadUndoing = withWords(() => import("./undoing"));

interface Options {
  client: QueryClient;
  me: Id;
  /** What the toast says when it is done; none, no toast. */
  done?: (count: number) => string;
  /** What the toast says while many are under way. */
  doing?: string;
  onUndone?: () => void;
}

interface Step {
  before: Conversation;
  change: Change;
}

/** Changes one conversation. `done` may be a plain text. */
export function changeConversation(
  before: Conversation,
  change: Change,
  options: Omit<Options, "done"> & { done?: string },
): Promise<void> {
  const { done, ...rest } = options;
  return changeConversations([before], () => change, { ...rest, done: done === undefined ? undefined : () => done });
}

/** Changes each as `change` says of it; what needs no change is left out. */
export async function changeConversations(
  targets: readonly Conversation[],
  change: (one: Conversation) => Change,
  options: Options,
): Promise<void> {
  const steps = targets
    .map((before) => ({ before, change: change(before) }))
    .filter((step) => !isEmpty(wayBack(step.before, changed(step.before, step.change))));
  if (!steps.length) return;
  const made = steps.map(({ before, change: wanted }) => ({ before, after: changed(before, wanted) }));
  for (const { after } of made) show(options, after);
  const left = new Set<Id>();
  const undoing = options.done && loadUndoing().catch(() => undefined);
  const undo = async () => {
    const { stepsBack } = (await undoing) ?? (await loadUndoing());
    const back = stepsBack(options.client, made, left);
    for (const { before, change } of back) show(options, changed(before, change));
    if (back.length) void send(back, { ...options, done: undefined, doing: t("bulk.undoing"), onUndone: undefined });
    options.onUndone?.();
  };
  await send(steps, options, () => void undo().catch(toastError), left);
}

/** Tells the server. What it refuses is shown as it was, and noted in `left`: there is nothing to undo in it. */
async function send(steps: Step[], options: Options, undo?: () => void, left = new Set<Id>()): Promise<void> {
  if (steps.length === 1 && steps[0]) await sendOne(steps[0], options, undo);
  else await sendMany(steps, options, undo, left);
  void options.client.invalidateQueries({ queryKey: keys.views });
}

async function sendOne({ before, change }: Step, options: Options, undo?: () => void): Promise<void> {
  const told = options.done && undo ? underWay(undo) : undefined;
  try {
    const { answer, isLast } = await inLine(
      keys.conversation(before.id),
      () => patch<Conversation>(`/api/conversations/${before.id}`, change),
      (wasLast) => {
        if (wasLast) show(options, before);
      },
    );
    if (isLast) show(options, answer);
    if (options.done) told?.say(options.done(1));
  } catch (problem) {
    told?.drop();
    // Without an answer nobody knows whether it was done: the list shows it when the connection is back.
    toastError(problem instanceof NoConnection ? t("steer.not_reached") : problem);
  }
}

async function sendMany(steps: Step[], options: Options, undo: (() => void) | undefined, left: Set<Id>): Promise<void> {
  const progress = toastProgress(options.doing ?? t("bulk.doing"), steps.length);
  const refused = new Map<string, number>();
  let count = 0;
  for (let start = 0; start < steps.length; start += BUNDLE) {
    const bundle = steps.slice(start, start + BUNDLE);
    try {
      const changes = bundle.map(({ before, change }) => ({ id: before.id, change }));
      const {
        answer: { results },
      } = await inLine(keys.conversation("many"), () => post<BulkResults>("/api/conversations/bulk", { changes }));
      results.forEach((result, at) => {
        const before = bundle[at]?.before;
        if (result.conversation) {
          count++;
          show(options, result.conversation);
        } else if (before) {
          refused.set(inWords(result.detail), (refused.get(inWords(result.detail)) ?? 0) + 1);
          left.add(before.id);
          show(options, before);
        }
      });
    } catch (problem) {
      for (const { before } of bundle) {
        left.add(before.id);
        show(options, before);
      }
      refused.set(sentence(problem), (refused.get(sentence(problem)) ?? 0) + bundle.length);
    }
    progress.update(Math.min(start + BUNDLE, steps.length));
  }
  progress.end();
  if (count && options.done) toast(options.done(count), undo, { isLasting: true });
  else if (count && !undo) toast(t("bulk.undone", { count }));
  for (const [detail, number] of refused) toastError(t("bulk.refused", { count: number, detail }));
}

const show = ({ client, me }: Options, conversation: Conversation) =>
  applyNow(client, { type: "conversation.changed", data: { conversation } }, me);
