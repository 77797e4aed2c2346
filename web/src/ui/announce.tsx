/* What a screen reader is told without being asked: one polite and one assertive region, fed by a queue, at most one message every two seconds. */
import { useEffect, useState } from "react";

type Tone = "polite" | "assertive";

const GAP_MS = 2000;
const queue: { tone: Tone; text: string }[] = [];
let show: ((tone: Tone, text: string) => void) | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string, tone: Tone = "polite"): void {
  if (tone === "assertive") queue.unshift({ tone, text });
  else queue.push({ tone, text });
  if (!timer) next();
}

function next(): void {
  const one = queue.shift();
  if (!one) {
    timer = undefined;
    return;
  }
  show?.(one.tone, one.text);
  timer = setTimeout(next, GAP_MS);
}

export function LiveRegions() {
  const [texts, setTexts] = useState({ polite: "", assertive: "" });
  useEffect(() => {
    show = (tone, text) => setTexts((old) => ({ ...old, [tone]: text }));
    return () => {
      show = undefined;
    };
  }, []);
  return (
    <div className="sr">
      <div aria-live="polite">{texts.polite}</div>
      <div aria-live="assertive">{texts.assertive}</div>
    </div>
  );
}
