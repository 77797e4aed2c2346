/* What a row tells of me alone (that a colleague named me), and the views of what I sent and of everything. */
import { api, conversationWith } from "./checks";
import { look, reply } from "./composing";
import { expect, test } from "./fixtures";
import { enter, person } from "./people";

test("a row says that a colleague mentioned me, until I have looked", async ({ inbox, world, browser }) => {
  for (const subject of ["Which pegs", "Another matter"])
    await world.write({ from: "Maja Lind <maja@lind.example>", subject, text: "Can you help?" });
  const row = inbox.getByTestId("rows").getByRole("link", { name: /Which pegs/ });
  await expect(row).toBeVisible();
  await person(world, "Sigrid Moe");
  const theirs = await browser.newContext();
  const sigrid = await theirs.newPage();
  await enter(sigrid, world, "sigrid@tindra.example");
  const { id } = await conversationWith(world, "Which pegs");
  const me = await api(world, "GET", "/api/users/me");
  const told = await sigrid.request.post(`${world.innboks.url}/api/conversations/${id}/messages`, {
    data: { type: "comment", text: "@Amina you know them", mentions: [me.id] },
    headers: { origin: world.innboks.url },
  });
  expect(told.status()).toBe(201);
  await expect(row.locator(".mention")).toHaveText("Mention");
  await expect(row).toHaveAccessibleName(/Which pegs.*You are mentioned/);
  await expect(inbox.getByTestId("rows").getByRole("link", { name: /Another matter/ })).not.toHaveAccessibleName(
    /mentioned/,
  );
  await look(inbox, "row-mentioned");
  await row.click();
  await expect(inbox.getByText("you know them").last()).toBeVisible();
  await expect(row.locator(".mention")).toHaveCount(0);
  await theirs.close();
});

test("what I answered is under Sent, the newest answer first, and everything under All conversations", async ({
  inbox,
  world,
}) => {
  const views = inbox.getByRole("navigation", { name: "Views" });
  const rows = inbox.getByTestId("rows").getByRole("link", { name: /Sent story/ });
  for (const subject of ["Sent story one", "Sent story two"]) {
    await world.write({ from: "Ella Korhonen <ella@korhonen.example>", subject, text: "Is it there?" });
    await inbox
      .getByTestId("rows")
      .getByRole("link", { name: new RegExp(subject) })
      .click();
    await reply(inbox).click();
    await inbox.keyboard.type(`It is there, ${subject}.`);
    await inbox.keyboard.press("Control+Enter");
    await expect(inbox.locator(".log").getByText(`It is there, ${subject}.`)).toBeVisible();
  }
  await views.getByRole("link", { name: "Sent", exact: true }).click();
  await expect(inbox).toHaveURL(/\/inbox\/sent/);
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toHaveAccessibleName(/Sent story two/);
  // A later word of the customer moves nothing; a later answer of mine does.
  await rows.last().click();
  await reply(inbox).click();
  await inbox.keyboard.type("One more thing.");
  await inbox.keyboard.press("Control+Enter");
  await expect(rows.first()).toHaveAccessibleName(/Sent story one/);
  await look(inbox, "view-sent");
  const { id } = await conversationWith(world, "Sent story two");
  await api(world, "PATCH", `/api/conversations/${id}`, { status: "closed" });
  await views.getByRole("link", { name: "All conversations" }).click();
  await expect(inbox).toHaveURL(/\/inbox\/all/);
  await expect(rows).toHaveCount(2);
});
