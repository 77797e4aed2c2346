/* Lends what a composer can do to the actions (actions/composing.ts), and carries their keys out while the hands are in it. */
import { useLayoutEffect } from "react";
import type { Scope } from "../../actions/action";
import { composerActions, type Hands, lend } from "../../actions/composing";
import { findAction, keyName } from "../../actions/keyboard";

/** Anew with each drawing: they do what holds now. */
export function useHands(hands: Hands): void {
  useLayoutEffect(() => lend(hands));
}

/** Signs are typed; only what is pressed with Ctrl or Cmd is an order. */
export function actByKey(event: KeyboardEvent, scope: Scope): void {
  const key = keyName(event);
  if (event.isComposing || !key.startsWith("Mod+")) return;
  const found = findAction(composerActions, "", key);
  if (!found || found === "wait" || !found.when(scope)) return;
  event.preventDefault();
  event.stopPropagation();
  found.run(scope);
}
