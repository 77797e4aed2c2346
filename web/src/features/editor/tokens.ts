/* Tokens of snippets: {contact.first_name|there}. Filled when a snippet is put in; one without value and without default becomes a field to fill
 * in. Pure. Read next: nodes.ts, which draws the fields. */

export const TOKENS = [
  "contact.first_name",
  "contact.name",
  "contact.email",
  "agent.first_name",
  "agent.name",
  "agent.email",
  "conversation.subject",
  "inbox.name",
  "date",
] as const;
export type TokenName = (typeof TOKENS)[number];
export type TokenValues = Partial<Record<TokenName, string>>;

const TOKEN = /\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)(?:\|([^{}]*))?\}/gi;
const escaped = (text: string) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

/** Markup with every token filled in. `words` gives the name of a field for people: "contact.first_name" → "first name". */
export function fillTokens(html: string, values: TokenValues, words: (token: string) => string): string {
  return html.replace(TOKEN, (_, name: string, fallback: string | undefined) => {
    const value = values[name.toLowerCase() as TokenName]?.trim();
    if (value) return escaped(value);
    if (fallback !== undefined) return fallback;
    return `<span data-field="${escaped(name)}">${escaped(words(name))}</span>`;
  });
}

/** A line without markup, filled in. A token without value and default stays as it is written, and is asked for before it leaves (`openTokens`). */
export const fillLine = (line: string, values: TokenValues): string =>
  line.replace(TOKEN, (token, name: string, fallback: string | undefined) => {
    const value = values[name.toLowerCase() as TokenName]?.trim();
    return value || (fallback ?? token);
  });

/** The tokens that still stand in a line: nobody has filled them in. */
export const openTokens = (line: string): string[] => [...line.matchAll(TOKEN)].map(([token]) => token);

/** The tokens a text uses that do not exist: a slip of the pen would reach customers. */
export function unknownTokens(text: string): string[] {
  return [...new Set([...text.matchAll(TOKEN)].map((match) => match[1]?.toLowerCase() ?? ""))].filter(
    (name) => !TOKENS.includes(name as TokenName),
  );
}

/** "Maja Lindqvist" → "Maja"; an address or number is nobody's first name. */
export function firstName(name: string): string {
  const first = name.trim().split(/\s+/)[0] ?? "";
  return /[@\d]/.test(name) ? "" : first.replace(/,$/, "");
}
