/* Whether somebody seems to be signed in here, as far as a script may know: the session's own cookie is not for scripts, so the server sets this one beside
 * it. It opens nothing; it only saves a first visitor from being told "nobody" to every question of the first page. */
const COOKIE = "innboks_here";

export const isSignedIn = () => document.cookie.split("; ").includes(`${COOKIE}=1`);

/** The session ended without this browser being told. */
export function forgetSignedIn(): void {
  // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is only there over https
  document.cookie = `${COOKIE}=; path=/; max-age=0`;
}
