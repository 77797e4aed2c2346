import { describe, expect, it } from "vitest";
import type { Message } from "../../api/types";
import { emptyDraft, knownUpTo, withPart } from "./drafts";

const entry = (id: string, type: Message["type"], author_id: string | null) => ({ id, type, author_id }) as Message;

describe("what the writer of an answer knows", () => {
  const began = [entry("5", "message", null)];

  it("is what was there when the draft began", () => {
    expect(knownUpTo(began, "5", "1")).toBe("5");
    expect(knownUpTo(began, undefined, "1")).toBeUndefined();
  });

  it("goes on over the writer's own comments and system entries", () => {
    expect(knownUpTo([...began, entry("6", "comment", "1"), entry("7", "system", "2")], "5", "1")).toBe("7");
  });

  it("ends before what somebody else wrote", () => {
    expect(knownUpTo([...began, entry("6", "comment", "2"), entry("7", "comment", "1")], "5", "1")).toBe("5");
    expect(knownUpTo([...began, entry("6", "message", null)], "5", "1")).toBe("5");
  });
});

describe("up to where the writer had read", () => {
  it("is noted with the first word, not with people or a subject that were chosen before", () => {
    const chosen = withPart(emptyDraft(), { cc: ["boss@tindra.example"], subject: "An offer" }, "5");
    expect(chosen.began_after).toBeUndefined();
    const written = withPart(chosen, { text: "H" }, "6");
    expect(written.began_after).toBe("6");
    expect(withPart(written, { text: "Hello" }, "7").began_after).toBe("6");
    expect(withPart(withPart(written, { text: "" }, "7"), { text: "Anew" }, "8").began_after).toBe("8");
  });
});
