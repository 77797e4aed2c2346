/* Emoji with their names in the app's languages. The list (emoji.json) is a part of emojibase-data (MIT), whose words come from Unicode CLDR; it is
 * fetched when somebody first asks for an emoji. A row: character, group, English and Norwegian name, words to find it by, short code. */
import { locale } from "../../ui/i18n";

type Row = [char: string, group: number, en: string, nb: string, enWords: string, nbWords: string, code: string];

export interface Emoji {
  char: string;
  group: number;
  name: string;
  code: string;
  /** Everything it can be found by, in small letters. */
  words: string;
}

let all: Promise<Emoji[]> | undefined;

export function allEmoji(): Promise<Emoji[]> {
  all ??= import("./emoji.json").then(({ default: rows }) =>
    (rows as Row[]).map(([char, group, en, nb, enWords, nbWords, code]) => ({
      char,
      group,
      name: locale() === "nb" && nb ? nb : en,
      code,
      words: ` ${code} ${en} ${nb} ${enWords} ${nbWords}`.toLowerCase().replace(/_/g, " "),
    })),
  );
  return all;
}

/** Best first: the short code, then a name that begins so, then a word that does. */
export async function findEmoji(query: string): Promise<Emoji[]> {
  const wanted = query.toLowerCase().replace(/_/g, " ").trim();
  if (!wanted) return [];
  const rank = (one: Emoji) => {
    const code = one.code.replace(/_/g, " ");
    if (code === wanted) return 5;
    if (code.startsWith(wanted)) return 4;
    if (one.name.toLowerCase().startsWith(wanted)) return 3;
    return one.words.includes(` ${wanted}`) ? 2 : 0;
  };
  return (await allEmoji())
    .map((one) => ({ one, rank: rank(one) }))
    .filter(({ rank: found }) => found > 0)
    .sort((a, b) => b.rank - a.rank)
    .map(({ one }) => one);
}

const STORED_AS = "innboks.emoji";

export function recentEmoji(): string[] {
  try {
    return (JSON.parse(localStorage.getItem(STORED_AS) ?? "[]") as string[]).slice(0, 18);
  } catch {
    return [];
  }
}

export function rememberEmoji(char: string): void {
  try {
    localStorage.setItem(
      STORED_AS,
      JSON.stringify([char, ...recentEmoji().filter((one) => one !== char)].slice(0, 18)),
    );
  } catch {
    // Storage is full or forbidden: the list of recent ones stays as it was.
  }
}
