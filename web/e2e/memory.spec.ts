/* What one has left is let go: a day of reading mails must not fill the browser. */
import type { CDPSession } from "@playwright/test";
import { expect, test } from "./fixtures";

/** How many objects of a kind the page still holds, whether or not they are on the screen. */
async function held(cdp: CDPSession, kind: string): Promise<number> {
  await cdp.send("HeapProfiler.collectGarbage");
  const { result } = await cdp.send("Runtime.evaluate", { expression: `${kind}.prototype` });
  const { objects } = await cdp.send("Runtime.queryObjects", { prototypeObjectId: result.objectId ?? "" });
  const counted = await cdp.send("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration: "function () { return this.length; }",
    returnByValue: true,
  });
  await cdp.send("Runtime.releaseObject", { objectId: objects.objectId ?? "" });
  return counted.result.value;
}

test("of threads that were read no frame, no editor and no page is kept", async ({ inbox, world }) => {
  const names = ["Varde", "Skare", "Fjell", "Lyng", "Strand"];
  for (const name of names)
    await world.write({
      from: "Maja Lindqvist <maja@lindqvist.example>",
      subject: `${name}: the seam leaks`,
      html: `<p>The <b>floor</b> of my ${name} let water in.</p>`,
      messageId: `<${name}@lindqvist.example>`,
    });
  for (const name of names) {
    await inbox.locator("[data-row]", { hasText: `${name}: the seam leaks` }).click();
    await expect(inbox.frameLocator("iframe.mailframe").getByText(`floor of my ${name} let`)).toBeVisible();
    await inbox.locator(".composer [contenteditable=true]").waitFor();
  }
  const cdp = await inbox.context().newCDPSession(inbox);
  for (const kind of ["HTMLIFrameElement", "HTMLFormElement", "HTMLOListElement"]) {
    const shown = await inbox.evaluate(
      (name) => document.querySelectorAll(name).length,
      {
        HTMLIFrameElement: "iframe",
        HTMLFormElement: "form",
        HTMLOListElement: "ol",
      }[kind] ?? "",
    );
    await expect.poll(() => held(cdp, kind), { message: kind }).toBe(shown);
  }
});
