import { describe, expect, it } from "vitest";
import { compareIds, isNewer } from "./ids";
import { sseReader } from "./sse";
import { waitBeforeTry } from "./stream";

describe("the event stream reader", () => {
  const stream =
    'id: 12\nevent: message.added\ndata: {"a":1}\n\n: ping\n\nevent: typing\r\ndata: {"b":\r\ndata: 2}\r\n\r\n';
  const expected = [
    { id: "12", event: "message.added", data: '{"a":1}' },
    { id: "12", event: "typing", data: '{"b":\n2}' },
  ];

  it("reads events, comments and lines of any ending", () => {
    expect(sseReader()(stream)).toEqual(expected);
  });

  it("gives the same wherever the chunks are cut", () => {
    for (let cut = 1; cut < stream.length; cut++) {
      const read = sseReader();
      expect([...read(stream.slice(0, cut)), ...read(stream.slice(cut))]).toEqual(expected);
    }
  });

  it("keeps an unfinished event back", () => {
    expect(sseReader()("id: 1\ndata: x\n")).toEqual([]);
  });
});

describe("waiting before the next try", () => {
  it("doubles up to thirty seconds, with jitter on the upper half", () => {
    const least = [0, 1, 2, 3, 4, 5, 9].map((tries) => waitBeforeTry(tries, () => 0));
    const most = [0, 1, 2, 3, 4, 5, 9].map((tries) => waitBeforeTry(tries, () => 1));
    expect(most).toEqual([1, 2, 4, 8, 16, 30, 30]);
    expect(least).toEqual([0.5, 1, 2, 4, 8, 15, 15]);
  });
});

describe("ids", () => {
  it("are compared as the large numbers they are", () => {
    expect(["10", "9", "9007199254740993", "9007199254740992", "local:a"].toSorted(compareIds)).toEqual([
      "9",
      "10",
      "9007199254740992",
      "9007199254740993",
      "local:a",
    ]);
    expect(isNewer("10", "9")).toBe(true);
    expect(isNewer("10", null)).toBe(true);
    expect(isNewer("10", "10")).toBe(false);
  });
});
