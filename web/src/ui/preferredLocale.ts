/* Which language the app is shown in. Without the words themselves, because it is asked before they have come (app/start.ts). */
export type Locale = "en" | "nb";
export const LOCALES: readonly Locale[] = ["en", "nb"];
export const LOCALE_STORED_AS = "innboks.locale";

export const isLocale = (value: string | null | undefined): value is Locale => value === "en" || value === "nb";

/** What this person chose on this computer, else what the browser asks for. */
export function preferredLocale(stored: (name: string) => string | null): Locale {
  const chosen = stored(LOCALE_STORED_AS);
  if (isLocale(chosen)) return chosen;
  return /^(nb|nn|no)\b/i.test(navigator.language) ? "nb" : "en";
}
