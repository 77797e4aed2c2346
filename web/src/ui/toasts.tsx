/* Short words about what was done, with Undo where it can be undone (also by Z), and about what went wrong. Errors stay until they are closed. */
import { CircleAlert, X } from "lucide-react";
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { IconButton } from "./Button";
import { Details, detailsOf } from "./Details";
import { hotkeys, shownKey } from "./hotkeys";
import { t } from "./i18n";
import { sentence } from "./States";
import { createStore, useStore } from "./store";

interface Toast {
  id: number;
  text: string;
  kind: "info" | "error" | "progress";
  undo?: () => void;
  /** What an operator would ask for. */
  details?: string;
  /** How many of how many, while something is under way. */
  done?: number;
  total?: number;
  /** How many milliseconds it can be undone for; the toast counts down and does not wait under the pointer. */
  left?: () => number;
}

const LIFE_MS = 8000;
const toasts = createStore<{ shown: readonly Toast[] }>({ shown: [] });
let nextId = 1;

/** What undoes without the pointer, unless the person chose another key. */
export const UNDO_KEY = { name: "undo", keys: ["z"] };

/** What `Z` can still undo after its toast has gone, the newest last. */
const lasting: { id: number; undo: () => void }[] = [];
const LASTING_MAX = 50;

/** `isLasting`: `Z` undoes it also when the toast has gone. Returns how to take it back, where it was not so after all. */
export function toast(
  text: string,
  undo?: () => void,
  { isLasting = false, left }: { isLasting?: boolean; left?: () => number } = {},
): () => void {
  const id = nextId++;
  if (undo && isLasting) lasting.push({ id, undo });
  if (lasting.length > LASTING_MAX) lasting.shift();
  add({ id, text, kind: "info", undo, left });
  return () => take(id);
}

/** What is under way: `Z` undoes it from now on, and its toast comes with `say`, once it is so. `drop`, where it was not so after all. */
export function underWay(undo: () => void): { say: (text: string) => void; drop: () => void } {
  const id = nextId++;
  lasting.push({ id, undo });
  if (lasting.length > LASTING_MAX) lasting.shift();
  const isUndone = () => !lasting.some((one) => one.id === id);
  return {
    say: (text) => {
      if (!isUndone()) add({ id, text, kind: "info", undo });
    },
    drop: () => take(id),
  };
}

/** Stays until it is ended, and shows how far something has come. */
export function toastProgress(text: string, total: number): { update: (done: number) => void; end: () => void } {
  const id = nextId++;
  add({ id, text, kind: "progress", done: 0, total });
  const update = (done: number) =>
    toasts.set({ shown: toasts.get().shown.map((one) => (one.id === id ? { ...one, done } : one)) });
  return { update, end: () => drop(id) };
}

/** What was thrown, or a sentence about what went wrong. */
export function toastError(problem: unknown): void {
  const text = typeof problem === "string" ? problem : sentence(problem);
  add({ id: nextId++, text, kind: "error", details: detailsOf(problem) });
}

function add(one: Toast): void {
  const { shown } = toasts.get();
  const others = shown.filter((other) => other.kind !== "progress").slice(-2);
  toasts.set({ shown: [...shown.filter((other) => other.kind === "progress"), ...others, one] });
}

const drop = (id: number) => toasts.set({ shown: toasts.get().shown.filter((one) => one.id !== id) });

/** Undoes the newest thing that can be undone; false when there is none. */
export function undoLast(): boolean {
  const shown = toasts.get().shown.findLast((candidate) => candidate.undo);
  const kept = lasting.at(-1);
  const one = kept && (!shown || kept.id > shown.id) ? kept : shown;
  if (!one?.undo) return false;
  take(one.id);
  one.undo();
  return true;
}

function take(id: number): void {
  drop(id);
  const at = lasting.findIndex((one) => one.id === id);
  if (at >= 0) lasting.splice(at, 1);
}

const rooms = createStore<{ all: readonly HTMLElement[] }>({ all: [] });
const GAP_PX = 8;

/** A place among other things where toasts stand, as high as they are, so that they lie over nothing. The one that came last is used. */
export function ToastRoom() {
  const room = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const mine = room.current;
    if (!mine) return;
    rooms.set({ all: [...rooms.get().all, mine] });
    return () => rooms.set({ all: rooms.get().all.filter((one) => one !== mine) });
  }, []);
  return <div className="toastroom" ref={room} />;
}

/** Puts the toasts over their room. They do not move into it: what is said would be said again, and what has the focus would lose it. */
function useRoom(region: RefObject<HTMLElement | null>, hasToasts: boolean): void {
  const room = useStore(rooms, (state) => state.all.at(-1));
  useLayoutEffect(() => {
    const shown = region.current;
    const pane = room?.parentElement;
    if (!shown || !room || !pane || !hasToasts) return;
    const place = () => {
      const height = `${shown.offsetHeight + GAP_PX}px`;
      if (room.style.height !== height) room.style.height = height;
      const { left, right, bottom, width } = room.getBoundingClientRect();
      const isSeen = width > 0;
      const inset = `auto ${innerWidth - right}px ${innerHeight - bottom + GAP_PX / 2}px ${left}px`;
      Object.assign(shown.style, { inset: isSeen ? inset : "", maxWidth: isSeen ? `${width - 3 * GAP_PX}px` : "" });
    };
    place();
    const watch = new ResizeObserver(place);
    for (const one of [shown, pane, ...pane.children]) if (one !== room) watch.observe(one);
    return () => {
      watch.disconnect();
      room.style.height = "";
      Object.assign(shown.style, { inset: "", maxWidth: "" });
    };
  }, [region, room, hasToasts]);
}

export function Toasts() {
  const shown = useStore(toasts, (state) => state.shown);
  const region = useRef<HTMLElement>(null);
  useRoom(region, shown.length > 0);
  return (
    <section className="toasts" ref={region} aria-label={t("toasts.region")}>
      {shown.map((one) => (
        <ToastCard key={one.id} toast={one} />
      ))}
    </section>
  );
}

function ToastCard({ toast: one }: { toast: Toast }) {
  const [isHeld, setHeld] = useState(false);
  const left = useRef(LIFE_MS);
  useEffect(() => {
    if (one.kind !== "info" || (isHeld && !one.left)) return;
    if (one.left) left.current = Math.max(0, one.left());
    const began = Date.now();
    const timer = setTimeout(() => drop(one.id), left.current);
    return () => {
      clearTimeout(timer);
      left.current = Math.max(1500, left.current - (Date.now() - began));
    };
  }, [one, isHeld]);
  const hold = { onPointerEnter: () => setHeld(true), onPointerLeave: () => setHeld(false) };
  return (
    <div
      className={`toast ${one.kind}`}
      role={one.kind === "error" ? "alert" : "status"}
      {...hold}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {one.kind === "error" ? <CircleAlert /> : null}
      <span dir="auto">{one.text}</span>
      {one.details ? <Details text={one.details} /> : null}
      {one.total ? (
        <>
          <progress aria-label={one.text} max={one.total} value={one.done} />
          <span className="num muted">{t("bulk.progress", { done: one.done ?? 0, total: one.total })}</span>
        </>
      ) : null}
      {one.undo ? (
        <button
          type="button"
          className="undo"
          onClick={() => {
            take(one.id);
            one.undo?.();
          }}
        >
          {t("common.undo")} <UndoKey />
          {one.left ? <Countdown left={one.left} /> : null}
        </button>
      ) : one.total ? null : (
        <IconButton label={t("common.close")} onClick={() => drop(one.id)}>
          <X />
        </IconButton>
      )}
    </div>
  );
}

function UndoKey() {
  const key = useStore(hotkeys, () => shownKey(UNDO_KEY));
  return key ? <kbd>{key}</kbd> : null;
}

/** The seconds that are left. Not for screen readers: it would chatter; the words say that it can be undone. */
function Countdown({ left }: { left: () => number }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 250);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="countdown num" aria-hidden="true">
      {t("time.seconds", { count: Math.max(0, Math.ceil(left() / 1000)) })}
    </span>
  );
}
