/* The address of one of our conversations, pasted into a comment: a card for whoever may read it, a plain link for anybody else. */
import { api, conversationWith } from "./checks";
import { look, open, paste } from "./composing";
import { expect, test } from "./fixtures";
import { enter, person } from "./people";

test("a link to a conversation is a card for whoever may read it, and a plain link for others", async ({
  inbox,
  world,
  browser,
}) => {
  // Somebody who reads the first inbox and not the other one.
  await person(world, "Sigrid Moe");
  const { id: closed } = await api(world, "POST", "/api/inboxes", {
    name: "Board",
    access: "members",
    member_ids: [world.beginning.myId],
  });
  await world.write({ from: "Maja Lind <maja@lind.example>", subject: "Seen by all", text: "How many?" });
  await world.write({ from: "Nils Ny <nils@ny.example>", subject: "For the board", text: "Between us" });
  const [seen, secret] = [await conversationWith(world, "Seen by all"), await conversationWith(world, "For the board")];
  await api(world, "PATCH", `/api/conversations/${secret.id}`, { inbox_id: closed });
  await open(inbox, world, "Talked about");
  const { id } = await conversationWith(world, "Talked about");
  await inbox.getByRole("tab", { name: "Comment" }).click();
  const box = inbox.getByRole("textbox", { name: /^Comment/ });
  const address = (one: { id: string }) => `${world.innboks.url}/inbox/open/${one.id}`;
  await box.click();
  await inbox.keyboard.type("Like ");
  await paste(box, "", address(seen));
  await inbox.keyboard.press("Enter");
  await inbox.keyboard.type("and ");
  await paste(box, "", address(secret));
  await inbox.keyboard.press("Control+Enter");
  const note = inbox.getByRole("article", { name: /^Internal comment/ });
  const card = note.getByRole("link", { name: /Maja Lind Seen by all Open/ });
  await expect(card).toBeVisible();
  await expect(note.getByRole("link", { name: /Nils Ny For the board Open/ })).toBeVisible();
  await look(inbox, "cards");

  const context = await browser.newContext({ locale: "en-GB" });
  const sigrid = await context.newPage();
  await enter(sigrid, world, "sigrid@tindra.example");
  await sigrid.goto(`${world.innboks.url}/inbox/open/${id}`);
  const hers = sigrid.getByRole("article", { name: /^Internal comment/ });
  await expect(hers.getByRole("link", { name: /Maja Lind Seen by all Open/ })).toBeVisible();
  await expect(hers.getByRole("link", { name: address(secret), exact: true })).toBeVisible();
  await expect(sigrid.getByText("For the board")).toHaveCount(0);
  await context.close();

  await card.focus();
  await inbox.keyboard.press("Enter");
  await expect(inbox).toHaveURL(new RegExp(`/inbox/open/${seen.id}$`));
  await expect(inbox.getByText("How many?").last()).toBeVisible();
  // What a program writes as plain text, and what is closed by then.
  await api(world, "PATCH", `/api/conversations/${seen.id}`, { status: "closed" });
  await api(world, "POST", `/api/conversations/${id}/messages`, { type: "comment", text: `See ${address(seen)}.` });
  await inbox.goto(address({ id }));
  await expect(note.last().getByRole("link", { name: /Maja Lind Seen by all Closed/ })).toBeVisible();
});
