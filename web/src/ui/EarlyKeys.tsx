/* What is typed while a panel is still being fetched belongs to the panel: it waits here and stands in the panel's field when that comes, instead of
 * meaning something else on the screen behind it. Enter and the arrows are dropped: there is nothing yet that they could choose. */
import {
  createContext,
  type ReactNode,
  type RefObject,
  Suspense,
  useContext,
  useLayoutEffect,
  useRef,
  useState,
} from "react";

export const EarlyText = createContext<RefObject<string>>({ current: "" });

/** The text of a panel's field, which begins with what was typed before the panel was there. */
export function useTyped() {
  const early = useContext(EarlyText);
  const [typed, setTyped] = useState("");
  // When it stands there, and not while it is drawn: letters come meanwhile.
  useLayoutEffect(() => setTyped(early.current), [early]);
  return [typed, setTyped] as const;
}

/** Around a panel that is fetched when it is opened. */
export function EarlyKeys({ onEscape, children }: { onEscape: () => void; children: ReactNode }) {
  const text = useRef("");
  return (
    <EarlyText value={text}>
      <Suspense fallback={<KeepKeys onEscape={onEscape} />}>{children}</Suspense>
    </EarlyText>
  );
}

/** In the place of something inside the panel that is fetched by itself. */
export function KeepKeys({ onEscape }: { onEscape: () => void }) {
  const text = useContext(EarlyText);
  const latest = useRef(onEscape);
  latest.current = onEscape;
  // A layout effect: it lets go of the keyboard with the panel, before the next key.
  useLayoutEffect(() => {
    // Who steps on to a button or a link meanwhile presses that.
    let hasStepped = false;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.key === "Tab") hasStepped = true;
      if (event.key === "Tab" || (hasStepped && (event.key === "Enter" || event.key === " "))) return;
      if (event.key === "Escape") latest.current();
      else if (event.key === "Backspace") text.current = text.current.slice(0, -1);
      else if ([...event.key].length === 1) text.current += event.key;
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener("keydown", onKeyDown, true);
    return () => removeEventListener("keydown", onKeyDown, true);
  }, [text]);
  return null;
}
