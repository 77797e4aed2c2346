/* What app/start.ts asked the server before the app's scripts had come. Each answer is taken once, by whoever asks for the same (client.ts). */
declare global {
  interface Window {
    innboksAsked?: Map<string, Promise<Response>>;
  }
}

export const READING: RequestInit = { credentials: "same-origin", headers: { accept: "application/json" } };

export function askEarly(path: string): void {
  const answer = fetch(path, READING);
  answer.catch(() => undefined); // told to whoever takes it
  window.innboksAsked ??= new Map();
  window.innboksAsked.set(path, answer);
}

/** Only who seems to be signed in is asked for early. */
export const hasAsked = () => globalThis.window?.innboksAsked !== undefined;

export function takeAsked(path: string): Promise<Response> | undefined {
  const asked = globalThis.window?.innboksAsked;
  const answer = asked?.get(path);
  asked?.delete(path);
  return answer;
}
