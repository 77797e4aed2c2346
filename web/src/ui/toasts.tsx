/* Short words about what was done, with Undo where it can be undone (also by Z), and about what went wrong. Errors stay until they are closed. */
import { CircleAlert, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { IconButton } from "./Button";
import { t } from "./i18n";
import { createStore, useStore } from "./store";

interface Toast {
  id: number;
  text: string;
  kind: "info" | "error";
  undo?: () => void;
}

const LIFE_MS = 8000;
const toasts = createStore<{ shown: readonly Toast[] }>({ shown: [] });
let nextId = 1;

export function toast(text: string, undo?: () => void): void {
  add({ id: nextId++, text, kind: "info", undo });
}

export function toastError(text: string): void {
  add({ id: nextId++, text, kind: "error" });
}

const add = (one: Toast) => toasts.set({ shown: [...toasts.get().shown.slice(-2), one] });
const drop = (id: number) => toasts.set({ shown: toasts.get().shown.filter((one) => one.id !== id) });

/** Undoes the newest thing that can be undone; false when there is none. */
export function undoLast(): boolean {
  const one = toasts.get().shown.findLast((candidate) => candidate.undo);
  if (!one?.undo) return false;
  drop(one.id);
  one.undo();
  return true;
}

export function Toasts() {
  const shown = useStore(toasts, (state) => state.shown);
  return (
    <section className="toasts" aria-label={t("toasts.region")}>
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
    if (one.kind === "error" || isHeld) return;
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
      <span>{one.text}</span>
      {one.undo ? (
        <button
          type="button"
          className="undo"
          onClick={() => {
            drop(one.id);
            one.undo?.();
          }}
        >
          {t("common.undo")} <kbd>Z</kbd>
        </button>
      ) : (
        <IconButton label={t("common.close")} onClick={() => drop(one.id)}>
          <X />
        </IconButton>
      )}
    </div>
  );
}
