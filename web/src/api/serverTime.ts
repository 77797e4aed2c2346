/* The server's clock, as far as this browser knows it: what is counted down or told in seconds goes by it, because a laptop's own clock may be wrong. */

let skewMs = 0;

/** Called with each time the server tells (the stream's greeting). */
export function noteServerTime(iso: string): void {
  const told = Date.parse(iso);
  if (!Number.isNaN(told)) skewMs = told - Date.now();
}

export const serverNow = () => Date.now() + skewMs;

/** How far this computer's clock is behind the server's, in milliseconds; negative when it is ahead. */
export const clockSkewMs = () => skewMs;
