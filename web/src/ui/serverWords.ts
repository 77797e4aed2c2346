/* What the server says in English, in the reader's language and zone: sentences about a refusal, a connection, a check. The words come from the channels
 * themselves and from server.nb.json, as pairs of an English text and what to say instead; "{0}", "{1}" stand for whatever is in their place. A moment
 * stands in a sentence as 2026-11-22T09:00Z. */
import { useSyncExternalStore } from "react";
import { timeInSentence } from "./format";
import { learned, onWords, wordCount } from "./learned";

/** Draws again, in the reader's words, what stood on the screen before they came. */
export const useServerWords = (): number => useSyncExternalStore(onWords, wordCount);

const MOMENT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z/g;

export const inWords = (text: string): string =>
  learned(text).replace(MOMENT, (iso) => (Number.isNaN(Date.parse(iso)) ? iso : timeInSentence(iso, new Date())));
