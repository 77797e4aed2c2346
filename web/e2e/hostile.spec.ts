/* Mail and words made to hurt, on the screen: script in every field stands there as it was written and never runs, and a mail to ten thousand is a mail. */
import type { Page } from "@playwright/test";
import { api, colleague } from "./api";
import { conversationWith } from "./checks";
import { expect, test, type World } from "./fixtures";

const IMAGE = "<img src=x onerror=__hit=1>";
const SCRIPT = "<script>__hit=1</script>";
const SVG = `"><svg onload=__hit=1>`;
const LINK = "javascript:__hit=1";

async function nothingRan(page: Page): Promise<void> {
  for (const frame of page.frames()) {
    expect(await frame.evaluate(() => "__hit" in window), `${page.url()}, ${frame.url()}`).toBe(false);
    expect(await frame.locator(`[href^="javascript:" i], [onerror], [onload], body script:not([src])`).count()).toBe(0);
  }
}

/** Everything an account has words for, each with script in them. */
async function fillWithScript(world: World): Promise<{ where: string; contact: string; remove: () => Promise<void> }> {
  const post = (path: string, body: object) => api(world, "POST", `/api/${path}`, body);
  await world.write({
    from: `"${IMAGE} ${SCRIPT}" <eve@script.example>`,
    subject: `${SVG} ${SCRIPT}`,
    text: `Look: ${SVG} ${IMAGE} ${SCRIPT} ${LINK}`,
    messageId: "<script-1@script.example>",
    attachments: [{ filename: `${IMAGE}.txt`, content: SCRIPT }],
  });
  const { id, contact } = await conversationWith(world, `${SVG} ${SCRIPT}`);
  await world.write({
    from: `"${IMAGE} ${SCRIPT}" <eve@script.example>`,
    subject: `${SVG} ${SCRIPT}`,
    html: `<p>Marked up</p><a href="${LINK}">press</a><a href="&#106;avascript:__hit=1">again</a>${IMAGE}${SCRIPT}${SVG}<iframe srcdoc="${SCRIPT}"></iframe>`,
    inReplyTo: "<script-1@script.example>",
  });
  const where = `/api/conversations/${id}`;
  const person = { name: `Eve ${IMAGE}`, email: "eve@tindra.example", password: "seven-quiet-herons-wade" };
  await colleague(world, person);
  const { items: users } = await api(world, "GET", "/api/users");
  const userId = users.find((one: { email: string }) => one.email === person.email).id;
  const made = await Promise.all([
    post("teams", { name: `Team ${IMAGE}` }),
    post("roles", { name: `Role ${IMAGE}` }),
    post("tokens", { name: `Token ${IMAGE}` }),
    post("contact-properties", { label: `Size ${IMAGE}`, type: "text" }),
    post("tags", { name: `tag ${IMAGE}` }),
    post("snippets", {
      shortcut: "evil",
      name: `Snippet ${IMAGE}`,
      html: `<p>${IMAGE}</p><a href="${LINK}">x</a>`,
      text: SCRIPT,
      is_shared: true,
    }),
    post("saved-views", { name: `View ${IMAGE}`, filters: { assignees: ["nobody"] } }),
    post("inboxes", { name: `Inbox ${IMAGE}` }),
  ]);
  const [team, role, token, property, tag] = made;
  await api(world, "PATCH", `/api/users/${userId}`, { can_receive: true, is_active: true });
  await api(world, "PATCH", "/api/brand", { name: `Brand ${IMAGE}` });
  const channel = world.beginning.channel;
  const config = {
    company_name: `Company ${IMAGE}`,
    signature_html: `<p>Yours</p>${IMAGE}${SCRIPT}<a href="${LINK}">x</a>`,
  };
  await api(world, "PATCH", `/api/channel-accounts/${channel}`, { name: `Channel ${IMAGE}`, config });
  await api(world, "PATCH", `/api/contacts/${contact?.id}`, { properties: { [property.key]: `Value ${IMAGE}` } });
  await post(`contacts/${contact?.id}/notes`, { text: `Note ${IMAGE} ${LINK}` });
  await api(world, "PATCH", where, { assignee_id: userId, tag_ids: [tag.id] });
  await api(world, "POST", `${where}/messages`, { type: "comment", text: `Comment ${IMAGE} ${LINK}` });
  await api(world, "POST", `${where}/messages`, {
    type: "reply",
    text: `Reply ${IMAGE}`,
    html: `<p>Reply ${IMAGE.replace("<", "&lt;")}</p>${IMAGE}<a href="${LINK}">x</a>`,
  });
  return {
    where: id,
    contact: contact?.id ?? "",
    remove: async () => {
      await api(world, "PATCH", `/api/channel-accounts/${channel}`, {
        name: "Support mail",
        config: { company_name: "", signature_html: "" },
      });
      await api(world, "PATCH", "/api/brand", { name: "" });
      await api(world, "PATCH", `/api/users/${userId}`, { is_active: false });
      for (const [kind, one] of [
        ["teams", team],
        ["roles", role],
        ["tokens", token],
        ["contact-properties", property],
      ])
        await api(world, "DELETE", `/api/${kind}/${one.id}`);
    },
  };
}

test("script in every field stands there as it was written, and never runs", async ({ inbox, world }) => {
  test.setTimeout(240_000);
  const { where, contact, remove } = await fillWithScript(world);
  const stands = async (...words: string[]) => {
    for (const one of words)
      await expect.soft(inbox.getByText(one).filter({ visible: true }).first(), one).toBeVisible();
    await nothingRan(inbox);
  };
  const go = (path: string) => inbox.goto(`${world.innboks.url}${path}`);
  try {
    await go("/inbox/open");
    await stands(`${IMAGE} ${SCRIPT}`, `${SVG} ${SCRIPT}`, `View ${IMAGE}`, `Inbox ${IMAGE}`);

    await go(`/inbox/open/${where}`);
    await expect(inbox.frameLocator("iframe").getByText("Marked up").first()).toBeVisible();
    await stands(
      `Comment ${IMAGE}`,
      `Reply ${IMAGE}`,
      `Eve ${IMAGE}`,
      `tag ${IMAGE}`,
      `Value ${IMAGE}`,
      `Note ${IMAGE}`,
    );
    await inbox.getByRole("article").first().getByRole("button", { expanded: false }).first().click();
    await stands(`Look: ${SVG} ${IMAGE} ${SCRIPT} ${LINK}`, `${IMAGE}.txt`);

    await go(`/contacts/${contact}`);
    await stands(`${IMAGE} ${SCRIPT}`, `Value ${IMAGE}`, `Note ${IMAGE}`);
    await go("/contacts");
    await stands(`${IMAGE} ${SCRIPT}`);
    await go("/search?q=onerror");
    await stands(IMAGE);

    await inbox.keyboard.press("Control+k");
    await inbox.getByRole("dialog", { name: "Command palette" }).getByRole("combobox").fill("onerror");
    await expect(inbox.getByRole("dialog").getByRole("option").filter({ hasText: "onerror" }).first()).toBeVisible();
    await nothingRan(inbox);

    const sections: [string, string][] = [
      ["people", `Eve ${IMAGE}`],
      ["teams", `Team ${IMAGE}`],
      ["availability", `Eve ${IMAGE}`],
      ["channels", `Channel ${IMAGE}`],
      [`channels/${world.beginning.channel}`, `Channel ${IMAGE}`],
      ["properties", `Size ${IMAGE}`],
      ["tags", `tag ${IMAGE}`],
      ["snippets", SCRIPT],
      ["tokens", `Token ${IMAGE}`],
    ];
    for (const [section, words] of sections) {
      await go(`/settings/${section}`);
      await stands(words);
    }
    await go("/settings/roles");
    await expect.soft(inbox.getByLabel(`Name of Role ${IMAGE}`)).toHaveValue(`Role ${IMAGE}`);
    await nothingRan(inbox);
    await go("/settings/brand");
    await expect(inbox.getByRole("textbox").first()).toHaveValue(`Brand ${IMAGE}`);
    await nothingRan(inbox);
  } finally {
    await remove();
  }
});

test("a mail to ten thousand opens, names a few of them, and is answered to one", async ({ inbox, world }) => {
  await world.write({
    from: "Maja Lindqvist <maja@lindqvist.example>",
    to: Array.from({ length: 10_000 }, (_, nth) => `Person ${nth} <p${nth}@crowd.example>`),
    subject: "To everybody",
    text: "Hello all.",
  });
  await inbox.getByRole("link", { name: /To everybody/ }).click();
  const mail = inbox.getByRole("article");
  await mail.getByRole("button", { name: /^to Person 0, .*Person 7 and 9,992 more$/ }).click();
  await expect(mail).not.toContainText("p20@crowd.example");
  await mail.getByRole("button", { name: "and 9,980 more" }).click();
  await expect(mail).toContainText("Person 999 <p999@crowd.example> and 9,000 more, named in the original only");
  for (const width of [360, 1440]) {
    await inbox.setViewportSize({ width, height: 740 });
    await expect(inbox.getByText("Hello all.").last()).toBeAttached();
    expect(await inbox.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  await inbox.keyboard.press("a");
  await expect(inbox.getByText(/More people were in this than one message can go to/).first()).toBeVisible();
  await expect(inbox.getByRole("tab", { name: "Reply all" })).toHaveCount(0);
  await expect(inbox.locator(".addressline .chip")).toHaveCount(1);
});
