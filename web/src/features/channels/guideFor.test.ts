import { expect, it } from "vitest";
import { guideFor } from "./guideFor";
import type { Values } from "./schema";

const GUIDE = `# Connect it

<!-- method: imap pop -->

Name the server.

1. Log in.

<!-- method: forwarding -->

Forward it.

<!-- all -->

Send a test.`;

const parts = (text: string) => text.split("\n").filter((line) => line);

it("shows of a guide what is meant for the way that is chosen", () => {
  expect(parts(guideFor(GUIDE, { method: "pop" }))).toEqual([
    "# Connect it",
    "Name the server.",
    "1. Log in.",
    "Send a test.",
  ]);
  expect(parts(guideFor(GUIDE, { method: "forwarding" }))).toEqual(["# Connect it", "Forward it.", "Send a test."]);
});

it("shows all of it before anything is chosen, and never the marks", () => {
  const nothing: Values[] = [{}, { method: "" }, { method: null }];
  for (const values of nothing)
    expect(parts(guideFor(GUIDE, values))).toEqual(parts(GUIDE).filter((line) => !line.startsWith("<")));
});
