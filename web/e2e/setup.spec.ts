/* Setting up a connection: what is typed survives, a half-done set-up is found again, and a real reply is seen before anybody gets one. */
import { api } from "./api";
import { choose, cutTexts } from "./checks";
import { expect, test } from "./fixtures";
import { readable } from "./mailbox";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

test("a set-up is left, found again after a reload, and finished with its preview", async ({ inbox: page, world }) => {
  test.setTimeout(360_000);
  await page.goto(`${world.innboks.url}/settings/channels`);
  await page.getByRole("list", { name: "Add more" }).getByRole("button", { name: /Email/ }).click();
  await page.getByLabel("Name in the inbox").fill("Sales mail");
  await page.getByLabel("Inbox", { exact: true }).selectOption("new");
  await page.getByLabel("Inbox name").fill("Sales");
  await page.getByLabel("Address", { exact: true }).fill("sales@tindra.example");
  await page.getByText("More settings").click();
  await page.getByLabel("SMTP server").fill("127.0.0.1");
  await page.getByLabel("SMTP port").fill(String(world.mailbox.port));
  await page.getByLabel("SMTP encryption").selectOption("none");
  await expect(page.getByText("Draft saved")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Address", { exact: true })).toHaveValue("sales@tindra.example");
  await expect(page.getByLabel("Inbox name")).toHaveValue("Sales");

  await page.getByRole("button", { name: "Finish later" }).click();
  const card = page.getByRole("article", { name: "Sales mail" });
  await expect(card.getByText("Setup not finished")).toBeVisible();
  await card.getByRole("button", { name: "Continue: Sales mail" }).click();
  await page.getByRole("button", { name: "Continue", exact: true }).click();

  // A test goes out, and comes back when the provider forwards it to the address given here.
  await expect(page.getByRole("heading", { name: "Connection check" })).toBeVisible();
  const hosted = await page.getByLabel("Address to forward to").inputValue();
  await page.getByRole("button", { name: "Send a test" }).click();
  await expect(page.getByText("Waiting for it to come back")).toBeVisible();
  await expect(page.getByText("You can continue while the check runs.")).toBeVisible();
  await expect(page.getByText("The server took it")).toBeVisible({ timeout: 30_000 });
  await world.mailbox.passOn(world.innboks.smtpPort, hosted, /\[test \d+-[0-9a-f]+\]/);
  await expect(page.getByText("It came back")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(`At ${hosted}`)).toBeVisible();
  await expect(page.getByText("You can continue while the check runs."), "it does not run any more").toHaveCount(0);
  await expect(page.getByText("SPF is missing").or(page.getByText("SPF is not known"))).toBeVisible();
  await page.getByRole("button", { name: "Continue", exact: true }).click();

  await expect(page.getByRole("heading", { name: "What customers see" })).toBeVisible();
  await page.getByLabel("Company name").fill("Tindra Sales");
  await expect(page.getByText(/ at Tindra Sales/)).toBeVisible();
  await page.getByLabel("Language of the sender").selectOption("nb");
  await expect(page.getByText(/ hos Tindra Sales/)).toBeVisible();
  await page.getByLabel("Language of the sender").selectOption("en");
  const back = page.getByLabel("Replies come back to");
  await back.fill("elsewhere@tindra.example");
  await back.fill("");
  await expect(back).toHaveAttribute("placeholder", "The conversation here");
  await expect(back).toHaveValue("");
  const mail = page.locator(".mailcard");
  const wide = await mail.boundingBox();
  await choose(page.getByRole("radio", { name: "Phone" }));
  await expect.poll(async () => (await mail.boundingBox())?.width).toBe(360);
  await expect(page.frameLocator(".mailcard iframe").getByText("Hi Leo,")).toBeVisible();
  expect(wide?.width).toBeGreaterThan(400);
  await choose(page.getByRole("radio", { name: "Computer" }));
  await page.locator(".snippettext [contenteditable=true]").fill("Kind regards, ");
  await page.getByRole("button", { name: "Insert a token" }).click();
  await page.getByRole("menuitem", { name: /First name/ }).click();
  const me = await api(world, "GET", "/api/users/me");
  await expect(page.frameLocator(".mailcard iframe").getByText(`Kind regards, ${me.first_name}`)).toBeVisible();
  const signature = page.locator(".snippettext [contenteditable=true]");
  await signature.press("End");
  await page.keyboard.type(" shop");
  await page.keyboard.press("Control+Shift+ArrowLeft");
  await page.keyboard.press("Control+k");
  await page.getByRole("textbox", { name: "Address of the link" }).fill("tindra.example/shop");
  await page.keyboard.press("Enter");
  await expect(page.frameLocator(".mailcard iframe").getByRole("link", { name: "shop" })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await page.locator("input[type=file]").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: PNG });
  await expect(page.frameLocator(".mailcard iframe").getByAltText("logo.png")).toBeVisible();
  await page.getByRole("button", { name: "Send me this preview" }).click();
  await expect(page.getByText(`The preview is on its way to ${me.email}.`)).toBeVisible();
  const preview = await world.mailbox.waitFor("Tindra Sales");
  expect(preview.to).toEqual([me.email]);
  expect(readable(preview.raw)).toContain(`Kind regards, ${me.first_name}`);
  expect(readable(preview.raw)).toContain('href="https://tindra.example/shop"');

  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Who gets new conversations?" })).toBeVisible();
  await page.locator("#main").getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Continue: Sales mail" }).click();
  await expect(page.getByRole("heading", { name: "Who gets new conversations?" })).toBeVisible();
  // Going on keeps the rule; one that cannot be says so and stays.
  await page.getByRole("switch", { name: "Assign conversations automatically" }).check();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Name at least one person or team");
  await page.getByRole("combobox", { name: "Add people or teams" }).click();
  await page.getByRole("option", { name: new RegExp(me.name) }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox", { name: "Keep returning customers with the same person" }).check();
  await expect(page.getByLabel("Answered in the last")).toHaveValue("14");
  await expect(page.getByText(`${me.name} gets it`)).toBeVisible();
  await expect(page.getByRole("button", { name: "Save", exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Open a ticket for each conversation?" })).toBeVisible();
  const [sales] = (await api(world, "GET", "/api/channel-accounts")).items.filter(
    (one: { name: string }) => one.name === "Sales mail",
  );
  expect(await api(world, "GET", `/api/channel-accounts/${sales.id}/assignment`)).toMatchObject({
    is_on: true,
    targets: [{ type: "user", id: me.id }],
    returning_days: 14,
  });
  await page.getByRole("switch", { name: "Treat incoming conversations as support tickets" }).check();
  await page.getByLabel("First status").selectOption({ label: "Waiting on us" });
  await page.getByLabel("Priority").selectOption({ label: "High" });
  await expect(page.getByLabel("A new ticket will look like this").getByText("Waiting on us")).toBeVisible();
  // What it has come to, and the way back to each of it.
  await expect(page.getByText("Messages come in and go out")).toBeVisible();
  await expect(page.getByText(`Sent as ${me.name} at Tindra Sales`)).toBeVisible();
  await page.getByRole("button", { name: "Edit sender" }).click();
  await expect(page.getByLabel("Company name")).toHaveValue("Tindra Sales");
  await page.getByRole("list", { name: "Steps" }).getByRole("button", { name: "Tickets" }).click();
  await expect(page.getByLabel("Priority"), "what was chosen is still there").toHaveValue("high");
  await page.getByRole("button", { name: "Finish and connect another" }).click();
  await expect(page.getByText("Sales mail is connected")).toBeVisible();
  await expect(page.getByLabel("Address", { exact: true }), "a new one begins empty").toHaveValue("");
  await expect(page.getByLabel("Inbox", { exact: true }).locator("option:checked")).toHaveText("Sales");
  await page.locator("#main").getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("article", { name: "Sales mail" }).getByText("Connected")).toBeVisible();
  const { items } = await api(world, "GET", "/api/channel-accounts");
  const made = items.find((one: { name: string }) => one.name === "Sales mail");
  expect(made.config.signature_html).toMatch(
    /\{\{first_name\}\}.*<img alt="logo.png" src="cid:picture-[0-9a-f]{64}@signature">/,
  );
  expect(made.setup_step).toBeNull();
  const tickets = () => api(world, "GET", `/api/channel-accounts/${made.id}/tickets`);
  expect(await tickets()).toMatchObject({ is_on: true, priority: "high", owner_id: null });

  // The panel on its page changes what holds from then on.
  await page.goto(`${world.innboks.url}/settings/channels/${made.id}`);
  const automation = page.getByRole("tab", { name: "Automation" });
  await expect(page.getByRole("tabpanel", { name: "Configuration" }).getByLabel("Company name")).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit ticket" })).toHaveCount(0);
  await automation.click();
  await page.getByRole("button", { name: "Edit ticket" }).click();
  const panel = page.getByRole("dialog", { name: "Edit ticket" });
  await expect(panel.getByLabel("First status")).toHaveValue((await tickets()).stage_id);
  await panel.getByLabel("Ticket owner").selectOption({ label: me.name });
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(`owned by ${me.name}`)).toBeVisible();
  await expect.poll(tickets).toMatchObject({ is_on: true, priority: "high", owner_id: me.id });
});

test("on a narrow phone nothing of a set-up stands outside the screen", async ({ inbox: page, world }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(`${world.innboks.url}/settings/channels`);
  await page.getByRole("list", { name: "Add more" }).getByRole("button", { name: /Email/ }).click();
  await expect(page.getByRole("radio", { name: /^Forwarding/ })).toBeAttached();
  const outside = () =>
    page
      .getByRole("dialog")
      .or(page.locator(".wizard"))
      .locator("button, input, select")
      .evaluateAll((all) =>
        all.filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 120)),
      );
  expect(await outside()).toEqual([]);

  // What is refused is said beside the field that it is about.
  const address = page.getByLabel("Address", { exact: true });
  await address.fill("support@tindra.example");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText(/^support@tindra\.example is connected already/);
  await expect(address).toHaveAttribute("aria-invalid", "true");
  await expect(address).toBeFocused();

  const long = `${"very".repeat(16)}@${"long".repeat(15)}.${"longer".repeat(10)}.example`;
  const config = { method: "forwarding", address: long, company_name: "Tindra Outdoor" };
  const inbox_id = world.beginning.inbox.id;
  const made = await api(world, "POST", "/api/channel-accounts", { kind: "email", name: "Long", inbox_id, config });
  await page.goto(`${world.innboks.url}/settings/channels/${made.id}`);
  await expect(page.getByText(/^It goes to veryvery/)).toBeVisible();
  expect(await cutTexts(page)).toEqual([]);

  // A set-up begins with that name, too. Taken, it is asked for in its own step, and stops nobody before.
  await page.goto(`${world.innboks.url}/settings/channels/connect-email`);
  await address.fill("second@tindra.example");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Connection check" })).toBeVisible();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  const company = page.getByLabel("Company name");
  await expect(company).toHaveValue("");
  await expect(page.getByText(/ is sent as “Tindra Outdoor” already, so the name is empty here/)).toBeVisible();
  const steps = await page.getByRole("list", { name: "Steps" }).boundingBox();
  expect(steps?.height, "the steps stand in one line").toBeLessThan(40);
  await company.fill("tindra outdoor");
  await expect(page.getByText(/ is sent as “tindra outdoor”, too/)).toBeVisible();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("choose another name");
  await expect(company, "it is said beside the name").toHaveAttribute("aria-invalid", "true");
  await expect(company).toBeFocused();
  expect(await outside()).toEqual([]);
  await company.fill("Tindra Repairs");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Who gets new conversations?" })).toBeVisible();
});

test("a set-up says that it is saved only while the server has all of it, and whoever leaves at once loses nothing", async ({
  inbox: page,
  world,
}) => {
  await page.goto(`${world.innboks.url}/settings/channels/connect-email`);
  await page.getByLabel("Name in the inbox").fill("Hasty mail");
  const saved = page.getByText("Draft saved");
  await expect(saved).toBeVisible();
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  await page.route("**/api/channel-drafts/*", async (route) => {
    if (route.request().method() === "PUT") await held;
    await route.fallback();
  });
  const address = page.getByLabel("Address", { exact: true });
  await address.fill("hasty@tindra.example");
  await expect(saved, "it is not, yet").toHaveCount(0, { timeout: 500 });
  await expect(page.getByText("Saving", { exact: true })).toBeVisible();
  release();
  await expect(saved).toBeVisible();
  await page.unrouteAll({ behavior: "wait" });

  // The page that comes next asks before what left with this one has arrived.
  const before = await api(world, "GET", `/api/channel-drafts/${page.url().split("draft-")[1]}`);
  await page.addInitScript((stored) => {
    const { fetch } = window;
    window.fetch = (...asked) => {
      if (!String(asked[0]).includes("/api/channel-drafts/")) return fetch(...asked);
      window.fetch = fetch;
      document.documentElement.dataset.early = "yes";
      // With the time of the last answer, which more than one may have come before.
      return Promise.resolve(
        Response.json({ ...stored, updated_at: sessionStorage.getItem(`innboks.leaving.${stored.id}`) }),
      );
    };
  }, before);
  await address.fill("hastier@tindra.example");
  await page.reload();
  await expect(address).toHaveValue("hastier@tindra.example");
  await expect(page.locator("html[data-early]")).toHaveCount(1);
  await address.fill("hastiest@tindra.example");
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Contacts" })
    .evaluate((link) => (link as HTMLElement).click());
  await expect(page).toHaveURL(/contacts/);
  await expect
    .poll(async () =>
      (await api(world, "GET", "/api/channel-drafts")).items.map(
        (one: { config: { address: string } }) => one.config.address,
      ),
    )
    .toContain("hastiest@tindra.example");
});

test("a draft is deleted, and comes back with Undo", async ({ inbox: page, world }) => {
  await api(world, "POST", "/api/channel-drafts", { kind: "email", name: "Half done" });
  await page.goto(`${world.innboks.url}/settings/channels`);
  const card = page.getByRole("article", { name: "Half done" });
  await card.getByRole("button", { name: "Delete: Half done", exact: true }).click();
  await expect(card).toHaveCount(0);
  await page.getByRole("button", { name: /Undo/ }).click();
  await expect(card).toBeVisible();
});

test("the brand and its logo are changed, and come back with Undo", async ({ inbox: page, world }) => {
  await page.goto(`${world.innboks.url}/settings/brand`);
  const brand = () => api(world, "GET", "/api/brand");
  const undo = () => page.getByRole("button", { name: /Undo/ }).last().click();
  await page.getByLabel("Colour", { exact: true }).fill("#b00040");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(async () => (await brand()).colour).toBe("#b00040");
  await undo();
  await expect.poll(async () => (await brand()).colour).toBe("");
  await expect(page.getByLabel("Colour", { exact: true })).toHaveValue("");
  await page.locator("input[type=file]").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: PNG });
  await expect(page.getByAltText(/^Logo of/)).toBeVisible();
  await page.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("The logo is removed")).toBeVisible();
  await expect(page.getByAltText(/^Logo of/)).toHaveCount(0);
  await undo();
  await expect(page.getByAltText(/^Logo of/)).toBeVisible();
  await api(world, "DELETE", "/api/brand/logo");
});
