/* An editor takes its text when it begins and keeps it itself. Where that text becomes another one than it said (discarded, or a colleague's), it has to begin anew. */
import { useLayoutEffect, useRef, useState } from "react";

/** `key`: of the editor. `note` what it says, before it is passed on. */
export function useTextKey(text: string): { key: number; note: (said: string) => void } {
  const last = useRef(text);
  const [key, setKey] = useState(0);
  useLayoutEffect(() => {
    if (text === last.current) return;
    last.current = text;
    setKey((now) => now + 1);
  }, [text]);
  return {
    key,
    note: (said) => {
      last.current = said;
    },
  };
}
