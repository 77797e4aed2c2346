/* How well typed letters fit a text: all must be in it, in order; beginnings of words and letters side by side count more. */

const fold = (text: string) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/ø/gi, "o").replace(/æ/gi, "ae").toLowerCase();

/** 0 when it does not fit; more is better. Nothing typed fits everything alike. */
export function likeness(typed: string, text: string): number {
  const wanted = fold(typed).trim();
  if (!wanted) return 1;
  const whole = fold(text);
  const at = whole.indexOf(wanted);
  if (at === 0) return 1000 - Math.min(200, whole.length - wanted.length);
  if (at > 0 && /[\s\-@.:/]/.test(whole[at - 1] ?? "")) return 700 - Math.min(200, at);
  if (at > 0) return 400 - Math.min(200, at);
  // Every word of what was typed begins a word of the text, in any order: "close conv", "nes kari".
  const words = whole.split(/[\s\-@.:/]+/);
  const pieces = wanted.split(/\s+/);
  if (pieces.length > 1 && pieces.every((piece) => words.some((word) => word.startsWith(piece)))) return 380;
  return scattered(wanted.replace(/\s+/g, ""), whole);
}

function scattered(wanted: string, whole: string): number {
  let score = 0;
  let from = 0;
  let before = -2;
  for (const letter of wanted) {
    const at = whole.indexOf(letter, from);
    if (at < 0) return 0;
    const isStart: boolean = at === 0 || /[\s\-@.:/]/.test(whole[at - 1] ?? "");
    if (before === -2 && !isStart) return 0; // scattered letters begin with a word
    score += isStart ? 12 : at === before + 1 ? 8 : at - before > 12 ? -4 : 1;
    before = at;
    from = at + 1;
  }
  const best = wanted.length * 12;
  return score > best * 0.4 ? Math.max(1, Math.round((150 * score) / best)) : 0;
}
