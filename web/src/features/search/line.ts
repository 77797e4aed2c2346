/* The search line as the browser needs it: which parts of it are filters, to draw them as chips and to take them out again, and what may come next
 * while one is typed. What a line means is the server's to say (innboks/core/search/query.py); the operators here are the same. */

export interface Part {
  /** As it stands in the line. */
  text: string;
  start: number;
  end: number;
  /** The operator's English name; null for words and phrases. */
  operator: string | null;
  value: string;
  isNegated: boolean;
}

const OPERATORS: Record<string, string> = {
  ...Object.fromEntries(
    ["from", "to", "subject", "channel", "inbox", "assignee", "tag", "is", "has", "before", "after", "on", "in"].map(
      (name) => [name, name],
    ),
  ),
  fra: "from",
  til: "to",
  emne: "subject",
  kanal: "channel",
  innboks: "inbox",
  tildelt: "assignee",
  ansvarlig: "assignee",
  etikett: "tag",
  merke: "tag",
  er: "is",
  har: "has",
  før: "before",
  etter: "after",
  dato: "on",
  i: "in",
};

const PART = /(-)?(?:([\p{L}]+):)?(?:"([^"]*)(?:"|$)|([^\s"]+)|(?=\s|$))/gu;

export function partsOf(line: string): Part[] {
  const parts: Part[] = [];
  // Phones write these where one typed plain ones.
  for (const found of line.replace(/[“”„‟«»″]/g, '"').matchAll(PART)) {
    if (!found[0]) continue;
    const [text, minus, name = "", phrase, word = ""] = found;
    const operator = OPERATORS[name.toLowerCase()] ?? null;
    parts.push({
      text,
      start: found.index,
      end: found.index + text.length,
      operator,
      value: operator || phrase !== undefined ? (phrase ?? word) : text,
      isNegated: minus !== undefined,
    });
  }
  return parts;
}

/** The parts that narrow the search, with something in them. */
export const filtersOf = (line: string) => partsOf(line).filter((part) => part.operator && part.value);

/** The line without this part. */
export function without(line: string, part: Part): string {
  return `${line.slice(0, part.start).trimEnd()} ${line.slice(part.end).trimStart()}`.trim();
}

/** The line with a word of it written differently. */
export function withWord(line: string, word: string, instead: string): string {
  const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return line
    .split(/(\s+)/)
    .map((piece) => (fold(piece) === fold(word) ? instead : piece))
    .join("");
}

export const quoted = (value: string) => (/\s/.test(value) ? `"${value}"` : value);

/** Values that are the same for everybody. */
const VALUES: Record<string, string[]> = {
  is: ["open", "closed", "unread", "unassigned", "snoozed", "spam", "trash"],
  has: ["attachment"],
  in: ["comments"],
  before: ["today"],
  after: ["yesterday"],
  on: ["today", "yesterday"],
  assignee: ["me", "nobody"],
  from: ["me"],
};

/** What the operator that is being typed at the end of the line may be completed to: whole lines. `names` are values by operator. */
export function completions(
  line: string,
  names: Record<string, string[]>,
  most = 6,
): { label: string; line: string }[] {
  const last = partsOf(line).at(-1);
  if (!last || last.end !== line.length) return [];
  const head = line.slice(0, last.start);
  const sign = last.isNegated ? "-" : "";
  if (last.operator) {
    const typed = last.text.slice(sign.length).split(":", 1)[0] ?? "";
    const wanted = last.value.toLowerCase();
    return [...(VALUES[last.operator] ?? []), ...(names[last.operator] ?? [])]
      .filter((value) => value.toLowerCase() !== wanted && ` ${value.toLowerCase()}`.includes(` ${wanted}`))
      .slice(0, most)
      .map((value) => ({ label: `${sign}${typed}:${value}`, line: `${head}${sign}${typed}:${quoted(value)} ` }));
  }
  const begun = last.text.slice(sign.length).toLowerCase();
  if (begun.length < 2) return [];
  return Object.keys(VALUES)
    .concat("to", "subject", "channel", "inbox", "tag")
    .filter((name) => name.startsWith(begun) && name !== begun)
    .slice(0, most)
    .map((name) => ({ label: `${sign}${name}:`, line: `${head}${sign}${name}:` }));
}
