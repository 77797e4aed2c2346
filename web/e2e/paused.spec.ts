/* A channel is paused while somebody answers over it: it is said why the answer waits, and when it goes; resumed, it goes. */
import { api, conversationWith } from "./checks";
import { expect, test } from "./fixtures";

test("a reply over a paused channel says who paused it, and goes when it is resumed", async ({
  inbox: page,
  world,
}) => {
  await world.write({ from: "Leo Fournier <leo@customer.example>", subject: "Is it open?", text: "Are you there?" });
  const { id } = await conversationWith(world, "Is it open?");
  const channel = world.beginning.channel;
  const me = await api(world, "GET", "/api/users/me");
  await page.goto(`${world.innboks.url}/settings/channels/${channel}`);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByRole("button", { name: "Resume", exact: true })).toBeVisible();
  try {
    await api(world, "POST", `/api/conversations/${id}/messages`, { type: "reply", text: "From nine to four." });
    await page.goto(`${world.innboks.url}/inbox/open/${id}`);
    await expect(page.getByText(`Waiting for the channel. Paused by ${me.name}.`)).toBeVisible();
    await page.goto(`${world.innboks.url}/settings/channels`);
    const card = page.getByRole("article", { name: "Support mail" });
    await expect(card.getByText("1 reply is kept and goes out when you resume the channel.")).toBeVisible();
    await card.getByRole("button", { name: "Resume: Support mail", exact: true }).click();
    expect((await world.mailbox.waitFor("From nine to four.")).to).toEqual(["leo@customer.example"]);
    await page.goto(`${world.innboks.url}/inbox/open/${id}`);
    await expect(page.getByText("From nine to four.").first()).toBeVisible();
    await expect(page.getByText("Waiting for the channel")).toHaveCount(0);
  } finally {
    await api(world, "PATCH", `/api/channel-accounts/${channel}`, { is_active: true });
  }
});
