/* Turns key presses into actions. Single letters act only outside text fields, dialogs and menus, and only where the person
 * has not turned them off (ui/hotkeys.ts). */
import { useEffect, useRef } from "react";
import { keysOf } from "../ui/hotkeys";
import { toastError } from "../ui/toasts";
import type { Action, Scope } from "./action";
import { offer } from "./finder";

const SEQUENCE_MS = 1200;

/** "Shift+I", "Mod+Enter", "j", "?": how a key press is written in an action's `keys`. */
export function keyName(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey"> & { code?: string },
): string {
  // With shift the full stop is another sign on each keyboard; its place is the same on nearly all.
  if (event.code === "Period" && event.shiftKey && (event.ctrlKey || event.metaKey)) return "Mod+Shift+.";
  const isLetter = event.key.length === 1 && event.key.toLowerCase() !== event.key.toUpperCase();
  const key = isLetter ? (event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase()) : event.key;
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  // For signs the shift key is part of how they are typed ("?"), for letters and named keys it is said.
  if (event.shiftKey && (isLetter || event.key.length > 1)) parts.push("Shift");
  parts.push(key);
  return parts.join("+");
}

export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type);
}

const isElsewhere = (target: EventTarget | null) =>
  target instanceof Element && target.closest("dialog, [role=menu], [role=dialog]") !== null;

/** Finds what a key means after `before` (the first key of a sequence, or ""). */
export function findAction(actions: Action[], before: string, key: string): Action | "wait" | undefined {
  const written = before ? `${before} ${key}` : key;
  const exact = actions.find((action) => keysOf(action).includes(written));
  if (exact) return exact;
  return actions.some((action) => keysOf(action).some((keys) => keys.startsWith(`${written} `))) ? "wait" : undefined;
}

export function useKeyboard(actions: Action[], scope: Scope): void {
  const latest = useRef({ actions, scope });
  latest.current = { actions, scope };
  useEffect(() => offer(actions, scope));
  useEffect(() => {
    let before = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isElsewhere(event.target)) return;
      const key = keyName(event);
      const isModified = key.startsWith("Mod+") || key === "Escape" || key === "F6" || key === "Shift+F6";
      if (isTextField(event.target) && !isModified) return;
      // A button or link that has the focus answers Enter itself; that of a row leads where the action does, and into the thread.
      const isPressed = key === "Enter" && event.target instanceof Element;
      if (isPressed && (event.target as Element).closest("button, summary, a:not([data-row])")) return;
      const { actions: known, scope: now } = latest.current;
      const found = findAction(known, before, key);
      clearTimeout(timer);
      before = "";
      if (found === "wait") {
        before = key;
        timer = setTimeout(() => {
          before = "";
        }, SEQUENCE_MS);
        return;
      }
      // A key that is held down steps on and on; what it does to one conversation, it does not do to all that follow.
      if (found && event.repeat && found.group !== "move") return event.preventDefault();
      if (!found?.when(now)) {
        const why = found?.whyNot?.(now);
        if (why) toastError(why);
        return;
      }
      event.preventDefault();
      found.run(now);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}
