/* What a screen reader is told without being asked: one polite and one assertive region, fed by a queue, at most one message every two seconds. */
import { useEffect, useState } from "react";

type Tone = "polite" | "assertive";
/** Words, or what makes them when their turn has come (a number that has grown meanwhile). */
type Words = string | (() => string);

const GAP_MS = 2000;

/** Hands out one message after the other. `about`: what waits about the same thing is not worth saying any more. */
export function makeQueue(show: (tone: Tone, text: string) => void) {
  let waiting: { tone: Tone; words: Words; about?: string }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = () => {
    const one = waiting.shift();
    timer = one && setTimeout(next, GAP_MS);
    if (one) show(one.tone, typeof one.words === "string" ? one.words : one.words());
  };
  return (words: Words, tone: Tone = "polite", about?: string) => {
    const one = { tone, words, about };
    if (about) waiting = waiting.filter((other) => other.about !== about);
    if (tone === "assertive") waiting.unshift(one);
    else waiting.push(one);
    if (!timer) next();
  };
}

const regions = new Set<(tone: Tone, text: string) => void>();

export const announce = makeQueue((tone, text) => {
  for (const say of regions) say(tone, text);
});

/** Once in the page, and once in each dialog: while one stands over the page, nothing of the page itself is read. */
export function LiveRegions({ name = "said" }: { name?: string }) {
  const [said, setSaid] = useState({ polite: "", assertive: "", count: 0 });
  useEffect(() => {
    const say = (tone: Tone, text: string) => setSaid((old) => ({ ...old, [tone]: text, count: old.count + 1 }));
    regions.add(say);
    return () => {
      regions.delete(say);
    };
  }, []);
  // A new element each time: the same words twice are said twice.
  return (
    <div className="sr" data-testid={name}>
      {(["polite", "assertive"] as const).map((tone) => (
        <div key={tone} aria-live={tone}>
          {said[tone] ? <p key={said.count}>{said[tone]}</p> : null}
        </div>
      ))}
    </div>
  );
}
