/* Words. Every string people read stands in messages/<locale>.json (ICU MessageFormat, compiled at build by messages.plugin.ts); `t` is typed by
 * the English catalogue, so an unknown id does not compile. */
import { type Messages, setupI18n } from "@lingui/core";
import { learn } from "./learned";
import type en from "./messages/en.json";
import { isLocale, LOCALE_STORED_AS, type Locale, preferredLocale as preferred } from "./preferredLocale";

export type MessageId = keyof typeof en;
export { LOCALES, type Locale } from "./preferredLocale";

const i18n = setupI18n();

const catalogues: Record<Locale, () => Promise<{ default: unknown }>> = {
  en: () => import("./messages/en.json"),
  nb: () => import("./messages/nb.json"),
};

const laterParts: Record<Locale, () => Promise<{ default: unknown }>> = {
  en: () => import("./messages/en.json?later"),
  nb: () => import("./messages/nb.json?later"),
};

const later: Partial<Record<Locale, Promise<void>>> = {};

/** Fetches the words of what comes after the first inbox, once. Must be awaited before any of it is drawn. */
export function loadLater(): Promise<void> {
  const wanted = locale();
  const sentences = wanted === "nb" ? import("./server.nb.json") : null;
  later[wanted] ??= Promise.all([laterParts[wanted](), sentences]).then(
    ([part, said]) => {
      i18n.load(wanted, part.default as Messages);
      if (said) learn(said.default);
    },
    (error: unknown) => {
      delete later[wanted]; // no connection: the next one who needs them tries again
      throw error;
    },
  );
  return later[wanted];
}

const LONGEST_WAIT_MS = 8_000;
const TRIES = 12;

/** For `lazy`: a part of the app together with its words. A line that breaks meanwhile must not take the page away, so it is fetched again and again. */
export function withWords<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    for (let tries = 0; ; tries++) {
      try {
        const [part] = await Promise.all([load(), loadLater()]);
        return part;
      } catch (problem) {
        if (tries === TRIES) throw problem;
        await new Promise((wait) => setTimeout(wait, Math.min(LONGEST_WAIT_MS, 250 * 2 ** tries)));
      }
    }
  };
}

/** Fetches a catalogue and makes it the current one. Must be awaited before the first render. */
export async function loadCatalogue(locale: Locale): Promise<void> {
  const catalogue = await catalogues[locale]();
  i18n.loadAndActivate({ locale, messages: catalogue.default as Messages });
  if (typeof document !== "undefined") document.documentElement.lang = locale;
}

export function t(id: MessageId, values?: Record<string, string | number>): string {
  return i18n._(id, values);
}

/** Like `t` for ids that are put together at run time (`health.${state}`); falls back when the catalogue does not know them. */
export function tOr(id: string, fallback: string, values?: Record<string, string | number>): string {
  return id in i18n.messages ? i18n._(id, values) : fallback;
}

export const locale = (): Locale => (i18n.locale === "nb" ? "nb" : "en");

export const preferredLocale = () => preferred((name) => localStorage.getItem(name));

/** Keeps the choice and starts the app again in the new language, here or at `path`; what was written is kept as drafts. */
export function switchLocale(next: string, path?: string): boolean {
  if (!isLocale(next) || next === locale()) return false;
  localStorage.setItem(LOCALE_STORED_AS, next);
  if (path === undefined) location.reload();
  else location.assign(path);
  return true;
}

/** Takes over the language of the person who signed in, where this computer has no choice of its own. True: the app begins again, at `path`. */
export const adoptLocale = (wanted: string, path: string): boolean =>
  localStorage.getItem(LOCALE_STORED_AS) === null && switchLocale(wanted, path);
