/* What answers are made of: pictures, links, emoji, snippets, people, what is pasted, and a message that is passed on. */
import { api, axe, colleague, conversationWith } from "./checks";
import { bring, look, open, paste, reply } from "./composing";
import { expect, test } from "./fixtures";

/** The parts of a mail that stand in its text, by their content ids. */
const contentIds = (raw: string) => [...raw.matchAll(/^Content-ID:\s*<([^>]+)>/gim)].map((found) => found[1]);
/** The mail with its soft line breaks taken out. */
const unfolded = (raw: string) => raw.replace(/=\r?\n/g, "").replace(/=3D/g, "=");

test("a picture that is pasted and one that is dropped stand in the text, and arrive there", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Show me the seam");
  const box = reply(inbox);
  await box.click();
  await inbox.keyboard.type("Like this: ");
  await bring(box, "paste", "seam.png", "#b3541e");
  await expect(box.locator("img[data-attachment]")).toHaveCount(1);
  await bring(box, "drop", "inside.png", "#0b6b7a");
  await expect(box.locator("img[data-attachment]")).toHaveCount(2);
  await expect(box.locator("img").first()).toHaveJSProperty("naturalWidth", 160);
  await look(inbox, "pictures");
  await box.click({ position: { x: 5, y: 5 } });
  await inbox.keyboard.press("Control+End");
  await inbox.keyboard.type(" Seen from both sides.");
  await inbox.keyboard.press("Control+Enter");
  const { raw } = await world.mailbox.waitFor("Seen from both sides.");
  const ids = contentIds(raw);
  expect(ids).toHaveLength(2);
  for (const id of ids) expect(unfolded(raw)).toContain(`src="cid:${id}"`);
  await expect(inbox.getByRole("article").last().locator("img").first()).toBeVisible();
});

test("a link and emoji are put in without leaving the keyboard", async ({ inbox, world }) => {
  await open(inbox, world, "Where is the guide");
  const box = reply(inbox);
  await box.click();
  await inbox.keyboard.type("See the guide");
  await inbox.keyboard.press("Control+Shift+ArrowLeft");
  await inbox.keyboard.press("Control+k");
  const address = inbox.getByRole("textbox", { name: "Address of the link" });
  await expect(address).toBeFocused();
  await inbox.keyboard.type("not an address");
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByText("This is not an address of a page, a mailbox or a phone")).toBeVisible();
  await look(inbox, "link");
  await address.fill("tindra.example/guide");
  await inbox.keyboard.press("Enter");
  await expect(address).toHaveCount(0);
  await expect(box).toBeFocused();
  await expect(box.locator("a")).toHaveText("guide");
  await inbox.keyboard.type(" :smile");
  const list = inbox.getByRole("listbox", { name: "Suggestions" });
  await expect(list.getByRole("option").first()).toContainText(":smile:");
  await look(inbox, "smile");
  await inbox.keyboard.press("Enter");
  await expect(list).toHaveCount(0);
  await expect(box).toHaveText(/guide 😄$/);
  await expect(box.locator("a")).toHaveText("guide");
  await inbox.getByRole("button", { name: "Emoji", exact: true }).click();
  const search = inbox.getByRole("combobox", { name: "Search emoji" });
  await expect(search).toBeFocused();
  await look(inbox, "emoji");
  await search.fill("mountain");
  await expect(inbox.getByRole("listbox", { name: "Emoji" }).getByRole("option").first()).toContainText(/./);
  await inbox.keyboard.press("Enter");
  await expect(search).toHaveCount(0);
  await expect(box).toBeFocused();
  await inbox.keyboard.type(" bye");
  await expect(box).toHaveText(/guide 😄\p{Emoji}.* bye$/u);
  await inbox.keyboard.press("Control+Enter");
  const { raw } = await world.mailbox
    .waitFor('href=3D"https://tindra.example/guide"')
    .catch(() => world.mailbox.waitFor("tindra.example/guide"));
  expect(unfolded(raw)).toContain('href="https://tindra.example/guide"');
});

test("a snippet is made in the settings, found by /, and asks for what it does not know", async ({ inbox, world }) => {
  await inbox.goto(`${world.innboks.url}/settings/snippets`);
  await inbox.getByRole("button", { name: "Add a snippet" }).click();
  await inbox.getByLabel("Shortcut", { exact: true }).fill("return-label");
  await inbox.getByLabel("Name", { exact: true }).fill("Return label");
  await inbox.getByLabel("Text", { exact: true }).fill("Hi {contact.first_name}, print this label. {agent.first_name}");
  await look(inbox, "snippet-form");
  await inbox.getByRole("button", { name: "Save the snippet" }).click();
  await expect(inbox.getByRole("button", { name: "Edit /return-label" })).toBeVisible();
  await api(world, "POST", "/api/snippets", {
    shortcut: "refund-days",
    name: "",
    text: "The money is back within 5 days.",
  });
  await inbox.reload();
  await expect(inbox.getByRole("button", { name: "Edit /refund-days" })).toBeVisible();
  await look(inbox, "snippet-settings");
  await inbox.getByRole("button", { name: "Delete /refund-days" }).click();
  await expect(inbox.getByRole("button", { name: "Edit /refund-days" })).toHaveCount(0);
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(inbox.getByRole("button", { name: "Edit /refund-days" })).toBeVisible();

  await inbox.goto(`${world.innboks.url}/inbox/open`);
  await open(inbox, world, "Send a label", "nobody.known@plain.example");
  const box = reply(inbox);
  await box.click();
  await inbox.keyboard.type("/re");
  const list = inbox.getByRole("listbox", { name: "Suggestions" });
  await expect(list.getByRole("option")).toHaveCount(2);
  await look(inbox, "snippets");
  await inbox.keyboard.press("Escape");
  await expect(list).toHaveCount(0);
  await expect(box).toBeFocused();
  await inbox.keyboard.press("Control+a");
  await inbox.keyboard.type("/zzz");
  await expect(inbox.locator(".suggest", { hasText: "No snippet has these words." })).toBeVisible();
  await look(inbox, "no-snippet");
  await inbox.keyboard.press("Escape");
  await expect(inbox.locator(".suggest", { hasText: "No snippet has these words." })).toHaveCount(0);
  await expect(box).toBeFocused();
  await inbox.keyboard.press("Control+a");
  await inbox.keyboard.type("/ret");
  await expect(list.getByRole("option")).toHaveCount(1);
  await inbox.keyboard.press("Enter");
  await expect(box).toHaveText("Hi first name, print this label. Amina");
  await expect(inbox.getByText("1 field to fill in")).toBeVisible();
  await look(inbox, "field");
});

test("a message is passed on with its file to somebody else", async ({ inbox, world }) => {
  await world.write({
    from: "Priya Nair <priya@hikers.example>",
    subject: "Invoice to pass on",
    text: "Please pay this one.",
    attachments: [{ filename: "invoice-4711.txt", content: "Fourteen tents, invoice 4711" }],
  });
  await inbox.getByRole("link", { name: /Invoice to pass on/ }).click();
  await expect(inbox.getByRole("article")).toHaveCount(1);
  await expect(inbox.locator(".composetext.rich")).toBeVisible();
  await inbox.locator(".log").click({ position: { x: 5, y: 5 } });
  await inbox.keyboard.press("f");
  await expect(inbox.getByRole("tab", { name: "Forward" })).toHaveAttribute("aria-selected", "true");
  const to = inbox.getByRole("combobox", { name: "To" });
  await to.click();
  await inbox.keyboard.type("books@accounts.example,");
  await inbox.getByRole("textbox", { name: /^Forward through/ }).click();
  await inbox.keyboard.type("For the books.");
  await inbox.getByRole("button", { name: /^Forwarded message/ }).click();
  await expect(inbox.getByRole("list", { name: "Go along with the message" })).toContainText("invoice-4711.txt");
  await look(inbox, "forward");
  await inbox.getByRole("textbox", { name: /^Forward through/ }).click();
  await inbox.keyboard.press("Control+Enter");
  const mail = await world.mailbox.waitFor("For the books.");
  expect(mail.to).toEqual(["books@accounts.example"]);
  expect(mail.raw).toContain("Please pay this one.");
  expect(mail.raw).toContain("invoice-4711.txt");
  const encoded = Buffer.from("Fourteen tents, invoice 4711").toString("base64");
  expect(mail.raw.includes("Fourteen tents, invoice 4711") || mail.raw.includes(encoded)).toBe(true);
});

test("any message is passed on from its menu, also when something newer is there", async ({ inbox, world }) => {
  const from = "Priya Nair <priya@hikers.example>";
  const { messageId } = await world.write({
    from,
    subject: "Two to pass on",
    text: "The first one, for the workshop.",
  });
  await world.write({
    from: `${from}, Cc Nobody <x@x.example>`.split(",")[0] ?? from,
    subject: "Re: Two to pass on",
    text: "The second one, for nobody.",
    inReplyTo: messageId,
  });
  await inbox.getByRole("link", { name: /Two to pass on/ }).click();
  await expect(inbox.getByRole("article")).toHaveCount(2);
  await expect(inbox.locator(".composetext.rich")).toBeVisible();
  const first = inbox.getByRole("article").first();
  await first.getByRole("button", { name: "More about this message" }).click();
  await inbox.getByRole("menuitem", { name: "Forward" }).click();
  await expect(inbox.getByRole("tab", { name: "Forward" })).toHaveAttribute("aria-selected", "true");
  await inbox.getByRole("button", { name: /^Forwarded message/ }).click();
  await expect(inbox.locator(".composer .quote")).toContainText("for the workshop");
  await inbox.getByRole("combobox", { name: "To" }).click();
  await inbox.keyboard.type("workshop@repairs.example,");
  await inbox.getByRole("textbox", { name: /^Forward through/ }).click();
  await inbox.keyboard.type("Can you mend it?");
  await inbox.keyboard.press("Control+Enter");
  const mail = await world.mailbox.waitFor("Can you mend it?");
  expect(mail.raw).toContain("for the workshop");
  expect(mail.raw).not.toContain("for nobody");
  await expect(first.getByText("Forwarded", { exact: true })).toBeVisible();
  const row = inbox.getByTestId("rows").getByRole("link", { name: /Two to pass on/ });
  await expect(row.getByTitle("Forwarded, not answered yet")).toBeVisible();
});

test("what comes from Word and Google Docs keeps its emphasis and lists and nothing else", async ({ inbox, world }) => {
  await open(inbox, world, "Terms please");
  const box = reply(inbox);
  await box.click();
  await paste(
    box,
    `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0cm;color:red}</style></head><body><!--StartFragment-->
<p class=MsoNormal style='color:#ff0000;font-family:Papyrus'>Our <b>terms</b><o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>  </span></span>Two weeks</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>  </span></span>Free returns</p>
<!--EndFragment--></body></html>`,
    "Our terms\nTwo weeks\nFree returns",
  );
  await expect(box.locator("strong")).toHaveText("terms");
  await expect(box.locator("li")).toHaveText(["Two weeks", "Free returns"]);
  await expect(box.locator("[style], [class*=Mso]")).toHaveCount(0);
  await inbox.keyboard.press("Control+a");
  await paste(
    box,
    `<meta charset="utf-8"><b style="font-weight:normal" id="docs-internal-guid-1"><p dir="ltr" style="line-height:1.38"><span style="font-size:11pt;font-weight:400;color:#000">From the </span><span style="font-weight:700">shared</span><span style="font-weight:400"> page</span></p></b>`,
    "From the shared page",
  );
  await expect(box).toHaveText("From the shared page");
  await expect(box.locator("strong")).toHaveText("shared");
  await expect(box.locator("[style]")).toHaveCount(0);
  await look(inbox, "pasted");
});

test("who presses a tab of the composer writes on: no letter is a shortcut", async ({ inbox, world }) => {
  await open(inbox, world, "Does everything fit");
  const { id } = await conversationWith(world, "Does everything fit");
  const comment = inbox.getByRole("textbox", { name: /^Comment/ });
  await inbox.getByRole("tab", { name: "Comment" }).click();
  await expect(comment).toBeFocused();
  await inbox.keyboard.type("Everything fits"); // E outside the field closes
  await expect(comment).toHaveText("Everything fits");
  await inbox.getByRole("tab", { name: "Reply", exact: true }).click();
  await expect(reply(inbox)).toBeFocused();
  await inbox.getByRole("tab", { name: "Reply", exact: true }).focus();
  await inbox.keyboard.press("ArrowLeft");
  await expect(inbox.getByRole("tab", { name: "Comment" })).toBeFocused(); // arrows stay among the tabs
  await expect(comment).toHaveText("Everything fits");
  expect(await api(world, "GET", `/api/conversations/${id}`)).toMatchObject({ status: "open" });
});

test("a comment names a colleague, who is told", async ({ inbox, world, browser }) => {
  const jonas = { name: "Jonas Berg", email: "jonas.berg@tindra.example", password: "quiet-heron-walks-home" };
  await colleague(world, jonas);
  await inbox.reload();
  await open(inbox, world, "Whose tent is it");
  const { id } = await conversationWith(world, "Whose tent is it");
  await inbox.locator(".log").click({ position: { x: 5, y: 5 } });
  await inbox.keyboard.press("c");
  const box = inbox.getByRole("textbox", { name: /^Comment/ });
  await expect(box).toBeFocused();
  await inbox.keyboard.type("Can you look, @jon");
  const list = inbox.getByRole("listbox", { name: "Suggestions" });
  await expect(list.getByRole("option", { name: /Jonas Berg/ })).toBeVisible();
  await look(inbox, "mention");
  // Where they cannot read the inbox, they are shown with that, and cannot be taken.
  const { inbox_id } = await api(world, "GET", `/api/conversations/${id}`);
  await api(world, "PATCH", `/api/inboxes/${inbox_id}`, { access: "members", member_ids: [world.beginning.myId] });
  const off = list.getByRole("option", { name: /Jonas Berg.*Cannot read this inbox/, disabled: true });
  await expect(async () => {
    await inbox.keyboard.press("Backspace");
    await inbox.keyboard.type("n");
    await expect(off).toBeVisible({ timeout: 500 });
  }).toPass();
  await look(inbox, "mention refused");
  await axe(inbox, "a mention that cannot be taken");
  await inbox.keyboard.press("Enter");
  await expect(box.locator(".mention")).toHaveCount(0);
  await expect(box).toHaveText("Can you look, @jon");
  await api(world, "PATCH", `/api/inboxes/${inbox_id}`, { access: "everyone" });
  await expect(async () => {
    await inbox.keyboard.press("Backspace");
    await inbox.keyboard.type("n");
    await expect(list.getByRole("option", { name: /Jonas Berg/, disabled: false })).toBeVisible({ timeout: 500 });
  }).toPass();
  await inbox.keyboard.press("Enter");
  await expect(box.locator(".mention")).toHaveText("@Jonas Berg");
  await inbox.keyboard.type("please?");
  await inbox.keyboard.press("Control+Enter");
  await expect(inbox.getByText("Can you look, @Jonas Berg please?").last()).toBeVisible();
  await expect(box).toBeFocused();
  const theirs = await browser.newContext();
  const { email, password } = jonas;
  const origin = world.innboks.url;
  await theirs.request.post(`${origin}/api/session`, { data: { email, password }, headers: { origin } });
  const named = async () => {
    const answer = await theirs.request.get(`${origin}/api/conversations?view=mentions`);
    return (await answer.json()).items?.map((one: { id: string }) => one.id);
  };
  await expect.poll(named).toEqual([id]);
  await theirs.close();
  await look(inbox, "comment");
});
