/* The one door to the server. Every answer that is not good becomes a `Problem` with a sentence people can read; no answer at all becomes a
 * `NoConnection`, so that callers can tell "refused" from "not reached". Read next: queries.ts. */
import { READING, takeAsked } from "./asked";
import type { ProblemBody } from "./types";

export class Problem extends Error {
  readonly at = new Date();
  constructor(
    readonly status: number,
    readonly body: ProblemBody,
    /** It was only asked for something. */
    readonly isOfReading = false,
  ) {
    super(body.detail || body.title || String(status));
    this.name = "Problem";
  }
  get code(): string | undefined {
    return this.body.code;
  }
  get field(): string | undefined {
    return this.body.field ?? undefined;
  }
}

/** Gone, or not for whoever asks. */
export const isNotThere = (error: unknown) => error instanceof Problem && error.status === 404;

export class NoConnection extends Error {
  constructor() {
    super("no connection");
    this.name = "NoConnection";
  }
}

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

let onSignedOut: (() => void) | undefined;

/** Called whenever the server says that nobody is signed in (401), except for the sign-in itself. */
export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback;
}

/** Counts sign-ins: a "nobody is signed in" that answers a question from before the last one is old news. */
let signIns = 0;
export const noteSignedIn = () => {
  signIns++;
};

/** Has this page heard from the server itself? Then what the service worker kept from earlier is no answer any more (public/sw.js). */
let hasMetServer = false;

export async function call<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const asked = signIns;
  let answer: Response;
  try {
    const early = method === "GET" ? takeAsked(path) : undefined;
    const writing = body === undefined ? {} : { headers: jsonHeaders, body: JSON.stringify(body) };
    answer = await (early ??
      fetch(path, { ...READING, ...writing, method, signal, keepalive: isLasting(method, writing) }));
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new NoConnection();
  }
  const isKept = answer.headers.has("x-innboks-kept");
  if (isKept && hasMetServer) throw new NoConnection();
  hasMetServer ||= !isKept;
  if (!answer.ok) throw await problemOf(answer, method, path, asked);
  if (answer.status === 204) return undefined as T;
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** A small change reaches the server also when the page is closed at once. Browsers let few bytes outlive a page, so what is large does not. */
const isLasting = (method: Method, { body = "" }: { body?: string }) =>
  method !== "GET" && method !== "POST" && body.length <= LASTING_MAX;
const LASTING_MAX = 4000;

const jsonHeaders = { accept: "application/json", "content-type": "application/json" };

async function problemOf(answer: Response, method: Method, path: string, asked: number): Promise<Error> {
  if (answer.status === 502 || answer.status === 503 || answer.status === 504) return new NoConnection();
  // What no framework answered (a proxy's page) has its number in the header only.
  const request_id = answer.headers.get("x-request-id") ?? undefined;
  const body = { request_id, ...((await answer.json().catch(() => ({}))) as ProblemBody) };
  const isOwnAffair = path.startsWith("/api/session") || path.startsWith("/api/setup");
  if (answer.status === 401 && !isOwnAffair && asked === signIns) onSignedOut?.();
  return new Problem(answer.status, body, method === "GET");
}

export const get = <T>(path: string, signal?: AbortSignal) => call<T>("GET", path, undefined, signal);
export const post = <T>(path: string, body: unknown = {}, signal?: AbortSignal) => call<T>("POST", path, body, signal);
export const patch = <T>(path: string, body: unknown) => call<T>("PATCH", path, body);
export const put = <T>(path: string, body: unknown) => call<T>("PUT", path, body);
export const remove = <T = void>(path: string) => call<T>("DELETE", path);

/** Builds a query string; undefined and null parts are left out. */
export function query(parts: Record<string, string | number | undefined | null>): string {
  const kept = Object.entries(parts).filter((part): part is [string, string | number] => part[1] != null);
  return kept.length ? `?${new URLSearchParams(kept.map(([name, value]) => [name, String(value)]))}` : "";
}

/** Uploads one file and tells how far it is (0 to 1). `XMLHttpRequest`, because `fetch` does not report upload progress. */
export function upload<T>(path: string, file: File, onProgress: (share: number) => void, signal: AbortSignal) {
  const asked = signIns;
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as T);
      else {
        if (request.status === 401 && asked === signIns) onSignedOut?.();
        reject(new Problem(request.status, (request.response as ProblemBody | null) ?? {}));
      }
    };
    request.onerror = () => reject(new NoConnection());
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    const form = new FormData();
    form.append("file", file, file.name);
    request.send(form);
  });
}
