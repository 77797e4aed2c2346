import { useCallback, useEffect, useRef } from "react";
import { post } from "../../api/client";
import type { Id } from "../../api/types";

const REPEAT_MS = 5000;
const QUIET_MS = 6000;

/** Tells colleagues that somebody writes here: at most once in five seconds while it lasts, and once when it ends. */
export function useTypingSignal(conversation: Id, isOn: boolean) {
  const told = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const say = useCallback(
    (is_typing: boolean) =>
      void post(`/api/conversations/${conversation}/typing`, { is_typing }).catch(() => undefined),
    [conversation],
  );
  const stop = useCallback(() => {
    clearTimeout(timer.current);
    if (told.current) say(false);
    told.current = 0;
  }, [say]);
  const start = useCallback(() => {
    if (!isOn) return;
    if (Date.now() - told.current > REPEAT_MS) {
      told.current = Date.now();
      say(true);
    }
    clearTimeout(timer.current);
    timer.current = setTimeout(stop, QUIET_MS);
  }, [isOn, say, stop]);
  useEffect(() => stop, [stop]);
  return { start, stop };
}
