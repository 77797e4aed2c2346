import { expect, it } from "vitest";
import { targetOf } from "./ConversationLink";

const HERE = "https://inbox.tindra.example";

it("knows the addresses of its own conversations, and no others", () => {
  expect(targetOf(`${HERE}/inbox/open/42`, HERE)).toEqual({ conversation: "42", hash: "" });
  expect(targetOf(`${HERE}/inbox/view-7/42?sort=newest#m815`, HERE)).toEqual({ conversation: "42", hash: "m815" });
  expect(targetOf(`${HERE}/inbox/open/42#<script>`, HERE)).toEqual({ conversation: "42", hash: "" });
  for (const other of [
    `${HERE}/inbox/open`,
    `${HERE}/inbox/open/42/more`,
    `${HERE}/inbox/open/x42`,
    `${HERE}/contacts/42`,
    "https://other.example/inbox/open/42",
    "https://inbox.tindra.example.evil.example/inbox/open/42",
    `http://inbox.tindra.example/inbox/open/42`,
    "javascript:location='/inbox/open/42'",
    "/inbox/open/42",
    "nothing",
  ])
    expect(targetOf(other, HERE), other).toBeNull();
});
