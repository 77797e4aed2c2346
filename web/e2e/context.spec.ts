/* The customer beside the conversation, the widths of the panes, and both on a phone. */
import { axe, conversationWith } from "./checks";
import { expect, test } from "./fixtures";

test("what the team knows of a customer is changed by keyboard alone, and undone", async ({ inbox, world }) => {
  await world.write({ from: "Sara Dahl <sara@kontakt.example>", subject: "About me", text: "Hello." });
  await inbox.getByRole("link", { name: /About me/ }).click();
  const context = inbox.getByRole("complementary", { name: /About/ });
  await context.getByRole("button", { name: "Sara Dahl" }).focus();
  await inbox.keyboard.press("Enter");
  await inbox.keyboard.type("Sara Dahl-Moe");
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByRole("link", { name: /Sara Dahl-Moe/ })).toBeVisible();
  await inbox.getByRole("button", { name: /^Undo/ }).focus();
  await inbox.keyboard.press("z");
  await expect(inbox.getByRole("link", { name: /Sara Dahl-Moe/ })).toHaveCount(0);

  await context.getByRole("button", { name: "Add an address" }).focus();
  await inbox.keyboard.press("Enter");
  await inbox.keyboard.type("nonsense");
  await inbox.keyboard.press("Enter");
  await expect(context.getByText(/is not a phone number/)).toBeVisible();
  await inbox.keyboard.press("Control+a");
  await inbox.keyboard.type("+46 70 174 06 21");
  await inbox.keyboard.press("Enter");
  await expect(context.getByRole("link", { name: "+46701740621" })).toBeVisible();
  await expect(context.getByText(/, Stockholm$/)).toBeVisible();

  await context.getByRole("button", { name: "Write a note" }).focus();
  await inbox.keyboard.press("Enter");
  await inbox.keyboard.type("Prefers mornings.");
  await inbox.keyboard.press("Control+Enter");
  const note = context.getByRole("article", { name: /^Note by Amina/ });
  await expect(note).toContainText("Prefers mornings.");
  await note.getByRole("button", { name: "More about this note" }).focus();
  await inbox.keyboard.press("Enter");
  await inbox.getByRole("menuitem", { name: "Delete" }).press("Enter");
  await expect(note).toHaveCount(0);
  // It is called deleted when it is.
  const deleted = inbox.getByRole("status").filter({ hasText: "Note deleted" });
  await expect(deleted).toBeVisible();
  await deleted.getByRole("button", { name: /^Undo/ }).press("Enter");
  await expect(note).toContainText("Prefers mornings.");
  await inbox.reload();
  await expect(note).toContainText("Prefers mornings.");
  await expect(context.getByText("Always").first()).toBeVisible();
  await axe(inbox, "context");
});

test("a note that is being written survives a reload and a walk to another conversation", async ({ inbox, world }) => {
  for (const name of ["Ask", "Siv"])
    await world.write({ from: `${name} Lie <${name}@lie.example>`, subject: `From ${name}`, text: "Hello." });
  await conversationWith(world, "From Siv");
  const context = inbox.getByRole("complementary", { name: /About/ });
  const note = context.getByRole("textbox", { name: "Note", exact: true });
  await inbox.getByRole("link", { name: /From Ask/ }).click();
  await context.getByRole("button", { name: "Write a note" }).click();
  await inbox.keyboard.type("Call before noon");
  await inbox.getByRole("link", { name: /From Siv/ }).click();
  await expect(context.getByText("Siv Lie").first()).toBeVisible();
  await expect(note).toHaveCount(0);
  await inbox.getByRole("link", { name: /From Ask/ }).click();
  await expect(note).toHaveValue("Call before noon");
  await inbox.reload();
  await expect(note).toHaveValue("Call before noon");
  // Thrown away by mistake, it is there again.
  await context.getByRole("button", { name: "Cancel" }).click();
  await expect(note).toHaveCount(0);
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(note).toHaveValue("Call before noon");
  // What does not reach the server stays in the field.
  await inbox.route("**/api/contacts/*/notes", (route) => route.abort());
  await context.getByRole("button", { name: "Save" }).click();
  await expect(inbox.getByRole("alert").filter({ hasText: "The server cannot be reached" })).toBeVisible();
  await expect(note).toHaveValue("Call before noon");
  await inbox.unroute("**/api/contacts/*/notes");
  await context.getByRole("button", { name: "Save" }).click();
  await expect(context.getByRole("article", { name: /^Note by Amina/ })).toContainText("Call before noon");
  await inbox.reload();
  await expect(context.getByRole("article", { name: /^Note by Amina/ })).toHaveCount(1);
  await expect(note).toHaveCount(0);
});

test("a conversation is linked to another contact, and back", async ({ inbox, world }) => {
  await world.write({ from: "Nils Ny <nils@private.example>", subject: "From my private address", text: "Hello." });
  await world.write({ from: "Nils Nyberg <nils@work.example>", subject: "From work", text: "Hello." });
  await conversationWith(world, "From work");
  await inbox.getByRole("link", { name: /From my private address/ }).click();
  const context = inbox.getByRole("complementary", { name: /About/ });
  await context.getByRole("button", { name: "More about this contact" }).click();
  await inbox.getByRole("menuitem", { name: "Link to another contact…" }).click();
  const dialog = inbox.getByRole("dialog", { name: "Link to a contact" });
  await dialog.getByRole("searchbox").fill("nils@work");
  await dialog.getByRole("button", { name: /Nils Nyberg/ }).click();
  await expect(context.getByRole("button", { name: "Write to nils@private.example" })).toBeVisible();
  await expect(context.getByRole("link", { name: /From work/ })).toBeVisible();
  await expect(inbox.getByText(/linked the conversation to Nils Nyberg/)).toBeVisible();
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(context.getByRole("button", { name: "Nils Ny", exact: true })).toBeVisible();
});

test("list and context get another width by keyboard and by hand, and keep it", async ({ inbox, world }) => {
  await world.write({ from: "Wide Wendy <wendy@wide.example>", subject: "How wide", text: "Very." });
  await inbox.getByRole("link", { name: /How wide/ }).click();
  const list = inbox.getByRole("separator", { name: "Width of the list" });
  const context = inbox.getByRole("separator", { name: "Width of the context" });
  await expect(list).toHaveAttribute("aria-valuenow", "336");
  await list.press("End");
  await expect(list).toHaveAttribute("aria-valuenow", "480");
  await context.press("ArrowLeft");
  await expect(context).toHaveAttribute("aria-valuenow", "312");
  const at = await list.boundingBox();
  if (!at) throw new Error("no line to drag");
  await inbox.mouse.move(at.x + 4, 400);
  await inbox.mouse.down();
  await inbox.mouse.move(at.x - 96, 400);
  await inbox.mouse.up();
  await expect(list).toHaveAttribute("aria-valuenow", "380");
  await inbox.reload();
  await expect(list).toHaveAttribute("aria-valuenow", "380");
  await expect(context).toHaveAttribute("aria-valuenow", "312");
  await list.dblclick();
  await expect(list).toHaveAttribute("aria-valuenow", "336");
  // Who cannot drag presses the line, and then where it is to stand; Esc lets go of it.
  const line = await list.boundingBox();
  if (!line) throw new Error("no line to press");
  await list.click();
  await inbox.mouse.click(line.x + 64, 400);
  await expect(list).toHaveAttribute("aria-valuenow", "396");
  await expect(inbox.getByRole("main", { name: "How wide" })).toBeVisible();
  await list.click();
  await inbox.mouse.move(line.x, 400);
  await expect(list).not.toHaveAttribute("aria-valuenow", "396");
  await inbox.keyboard.press("Escape");
  await expect(list).toHaveAttribute("aria-valuenow", "396");
  await inbox.mouse.move(line.x + 20, 400);
  await expect(list).toHaveAttribute("aria-valuenow", "396");
});

test("on a phone the thread fits, and the context is a sheet that goes with Esc", async ({ inbox, world }) => {
  const long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
  await world.write({
    from: "Finn Fone <finn@fone.example>",
    subject: `On the phone ${long}`,
    html: `<table width="1200"><tr><td>${long}${long}</td></tr></table>`,
    attachments: [{ filename: `${long}.txt`, content: "x" }],
  });
  await inbox.setViewportSize({ width: 360, height: 740 });
  await inbox.getByRole("link", { name: /On the phone/ }).click();
  await expect(inbox.frameLocator("iframe").locator("td")).toBeVisible();
  for (const width of [360, 320]) {
    await inbox.setViewportSize({ width, height: 740 });
    const overflow = await inbox.evaluate(() => {
      const log = document.querySelector(".log");
      return [document.documentElement.scrollWidth - innerWidth, (log?.scrollWidth ?? 0) - (log?.clientWidth ?? 0)];
    });
    expect(overflow).toEqual([0, 0]);
  }
  await inbox.getByRole("button", { name: "Hide or show the context" }).first().click();
  const context = inbox.getByRole("complementary", { name: /About/ });
  await expect(context.getByRole("button", { name: "Write to finn@fone.example" })).toBeVisible();
  await expect(context.getByRole("button", { name: "Hide the context" })).toBeFocused();
  await axe(inbox, "context on a phone");
  await inbox.keyboard.press("Escape");
  await expect(context).toHaveCount(0);
});
