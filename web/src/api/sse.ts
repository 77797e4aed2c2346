/* Reads a server-sent event stream (WHATWG HTML, section 9.2.6) out of text chunks that may be cut anywhere. */

export interface RawEvent {
  id: string | undefined;
  event: string;
  data: string;
}

/** Returns a function that takes the next chunk and gives back the events that became complete with it. */
export function sseReader(): (chunk: string) => RawEvent[] {
  let rest = "";
  let id: string | undefined;
  let event = "";
  let data: string[] = [];
  return (chunk) => {
    const done: RawEvent[] = [];
    rest += chunk;
    for (;;) {
      const end = rest.search(/\r\n|\n|\r/);
      // A lone CR at the very end may be the first half of CRLF: wait for the next chunk.
      if (end < 0 || (rest[end] === "\r" && end === rest.length - 1)) return done;
      const line = rest.slice(0, end);
      rest = rest.slice(end + (rest.startsWith("\r\n", end) ? 2 : 1));
      if (line === "") {
        if (data.length) done.push({ id, event: event || "message", data: data.join("\n") });
        event = "";
        data = [];
        continue;
      }
      const colon = line.indexOf(":");
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") event = value;
      else if (field === "data") data.push(value);
      else if (field === "id") id = value;
    }
  };
}
