/* The messages of a conversation on the screen. Only rows in sight (and a few around) are in the page, with heights that are measured when they are
 * drawn. Three things hold whatever happens: at the end it stays at the end; elsewhere what is read stays where it is while older messages come in
 * above or frames and pictures get their height; and a jump lands on its message. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import {
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { Id } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { type Entry, guessHeight, indexOfMessage } from "./entries";
import type { ThreadMessages } from "./useMessages";

export interface LogHandle {
  /** Puts a message into the middle and marks it for a moment. False: it is not loaded. */
  show: (id: Id, smoothly?: boolean) => boolean;
  toEnd: () => void;
}

interface Props {
  entries: Entry[];
  messages: ThreadMessages;
  isCard: Parameters<typeof guessHeight>[1];
  /** A message to land on instead of the "New" line or the end. */
  target: Id | null;
  draw: (entry: Entry) => ReactNode;
  handle: RefObject<LogHandle | null>;
  children: ReactNode;
}

const ABOVE_PX = 40;
const NEAR_END_PX = 60;
const MARK_MS = 2000;
const LANDING_MS = 300;

const isNearEnd = (log: Element) => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;

export function ThreadLog({ entries, messages, isCard, target, draw, handle, children }: Props) {
  const log = useRef<HTMLDivElement>(null);
  const focused = useRef<string | null>(null);
  const [marked, setMarked] = useState<Id | null>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  // A jump aims at a place in the list, so nothing is put in before that until it has arrived.
  const [landedAt, setLandedAt] = useState(0);
  const guess = (index: number) => (entries[index] ? guessHeight(entries[index], isCard) : 60);
  const start = () => {
    const at = landing(entries, target);
    const above = (until: number) => entries.slice(0, until).reduce((sum, _, index) => sum + guess(index), ABOVE_PX);
    return at < 0 ? above(entries.length) : Math.max(0, above(at) - 200);
  };
  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => log.current,
    estimateSize: guess,
    getItemKey: useCallback((index: number) => entries[index]?.key ?? index, [entries]),
    initialOffset: start,
    overscan: 5,
    paddingStart: ABOVE_PX,
    paddingEnd: 8,
    anchorTo: "end",
    followOnAppend: !messages.isApart,
    scrollEndThreshold: NEAR_END_PX,
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const from = Math.max(0, startIndex - overscan);
      const to = Math.min(count - 1, endIndex + overscan);
      const range = Array.from({ length: to - from + 1 }, (_, n) => from + n);
      // The row that holds the focus stays, wherever one scrolls.
      const held = focused.current ? entries.findIndex((one) => one.key === focused.current) : -1;
      return held < 0 || (held >= from && held <= to) ? range : held < from ? [held, ...range] : [...range, held];
    },
  });

  const show = useCallback(
    (id: Id, smoothly = false) => {
      const index = indexOfMessage(entries, id);
      if (index < 0) return false;
      setLandedAt(Date.now());
      virtualizer.scrollToIndex(index, { align: "center", behavior: smoothly ? "smooth" : "auto" });
      setMarked(id);
      return true;
    },
    [entries, virtualizer],
  );
  useImperativeHandle(handle, () => ({ show, toEnd: () => virtualizer.scrollToEnd() }), [show, virtualizer]);
  useEffect(() => {
    if (!marked) return;
    const timer = setTimeout(() => setMarked(null), MARK_MS);
    return () => clearTimeout(timer);
  }, [marked]);

  // Where a conversation opens: at the message of the address, at the "New" line, or at its end. Once, when there is something to see.
  const hasLanded = useRef(false);
  const hasSome = entries.length > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: landing happens once
  useLayoutEffect(() => {
    if (!hasSome || hasLanded.current) return;
    hasLanded.current = true;
    if (!(target && show(target))) {
      const at = landing(entries, null);
      setLandedAt(Date.now());
      if (at >= 0) virtualizer.scrollToIndex(at, { align: "start" });
      else return virtualizer.scrollToEnd();
    }
    // Told here, because the composer may come in the frame of this jump, and then the scroll event says nothing: it would pull the thread to its end.
    if (log.current) setAtEnd(isNearEnd(log.current));
  }, [hasSome]);
  useEffect(() => {
    if (!landedAt) return;
    const timer = setTimeout(() => setLandedAt(0), LANDING_MS);
    return () => clearTimeout(timer);
  }, [landedAt]);

  // The composer grows and the window turns: what stood at the end still does.
  const stood = useRef(true);
  const height = useRef(0);
  stood.current = isAtEnd;
  useEffect(() => {
    const frame = log.current;
    if (!frame) return;
    height.current = frame.clientHeight;
    const resizing = new ResizeObserver(() => {
      if (frame.clientHeight !== height.current && stood.current) virtualizer.scrollToEnd();
      height.current = frame.clientHeight;
    });
    resizing.observe(frame);
    return () => resizing.disconnect();
  }, [virtualizer]);

  const { wishes } = messages;
  useLayoutEffect(() => {
    if (wishes) virtualizer.scrollToEnd();
  }, [wishes, virtualizer]);

  const items = virtualizer.getVirtualItems();
  const first = items.find((item) => entries[item.index]?.key !== focused.current)?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { older, newer } = messages;
  useEffect(() => {
    if (!landedAt && first < 8 && older.has && !older.isBusy && hasLanded.current) older.load();
  }, [landedAt, first, older]);
  useEffect(() => {
    if (!landedAt && last > entries.length - 8 && newer.has && !newer.isBusy) newer.load();
  }, [landedAt, last, entries.length, newer]);

  return (
    <div className="logframe">
      <div
        className="log"
        ref={log}
        onScroll={({ currentTarget: at }) => {
          // In the moment in which the frame shrinks nobody has scrolled away.
          if (at.clientHeight === height.current) setAtEnd(isNearEnd(at));
        }}
      >
        {children}
        <ol
          aria-label={t("thread.messages")}
          style={{ height: virtualizer.getTotalSize() }}
          onFocus={(event) => {
            focused.current = (event.target as Element).closest<HTMLElement>("[data-entry]")?.dataset.entry ?? null;
          }}
          onBlur={() => {
            focused.current = null;
          }}
        >
          {older.has ? (
            <li className="older">
              <Button size="xs" look="ghost" isBusy={older.isBusy} onClick={older.load}>
                {t("thread.older")}
              </Button>
            </li>
          ) : null}
          {items.map((item) => {
            const entry = entries[item.index];
            if (!entry) return null;
            const id = entry.kind === "message" ? entry.message.id : undefined;
            return (
              <li
                key={item.key}
                id={id && `m${id}`}
                ref={virtualizer.measureElement}
                data-index={item.index}
                data-entry={entry.key}
                className={`entry ${marked !== null && holds(entry, marked) ? "marked" : ""}`}
                style={{ transform: `translateY(${item.start}px)` }}
                aria-posinset={item.index + 1}
                aria-setsize={older.has || newer.has ? -1 : entries.length}
              >
                {draw(entry)}
              </li>
            );
          })}
        </ol>
      </div>
      {messages.isApart || !isAtEnd ? (
        <button
          type="button"
          className="toend"
          aria-label={t("thread.to_end")}
          title={t("thread.to_end")}
          onClick={messages.goToEnd}
        >
          <ArrowDown />
        </button>
      ) : null}
    </div>
  );
}

const holds = (entry: Entry, id: Id) => indexOfMessage([entry], id) === 0;

function landing(entries: Entry[], target: Id | null): number {
  const wanted = target === null ? -1 : indexOfMessage(entries, target);
  return wanted >= 0 ? wanted : entries.findIndex((one) => one.kind === "new");
}
