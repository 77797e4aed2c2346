/* Working hours at their edges: past midnight, and in another time zone than the reader's. */
import { api } from "./checks";
import { expect, test } from "./fixtures";
import { person } from "./people";

test("hours past midnight go on on the next day, and an evening leaves room for a morning", async ({
  inbox,
  world,
}) => {
  const id = world.beginning.myId;
  const hours = async () =>
    (await api(world, "GET", `/api/users/${id}/availability`)).hours.map(
      ({ day, from, to }: { day: number; from: string; to: string }) => `${day} ${from}-${to}`,
    );
  await api(world, "PATCH", `/api/users/${id}/availability`, { hours: [{ day: 6, from: "18:00", to: "23:00" }] });
  await inbox.goto(`${world.innboks.url}/settings/hours`);
  const monday = inbox.getByRole("group", { name: "Monday" });
  const sunday = inbox.getByRole("group", { name: "Sunday" });
  await sunday.getByLabel("Sunday, stretch 1, to").fill("02:00");
  await inbox.keyboard.press("Tab");
  await expect(inbox.getByRole("alert")).toContainText("Hours end after they begin");
  await inbox.getByRole("button", { name: "Go on until 02:00 on Monday" }).focus();
  await inbox.keyboard.press("Enter");
  await expect(monday.getByLabel("Monday, stretch 1, to")).toHaveValue("02:00");
  await expect(inbox.getByRole("alert")).toHaveCount(0);
  await expect(sunday.getByLabel("Sunday, stretch 1, from")).toBeFocused();
  await expect.poll(hours).toEqual(["0 00:00-02:00", "6 18:00-24:00"]);
  await expect(inbox.getByText("8 hours a week")).toBeVisible();

  await inbox.getByRole("button", { name: "Add hours: Sunday" }).click();
  await expect.poll(hours).toEqual(["0 00:00-02:00", "6 13:00-17:00", "6 18:00-24:00"]);
  await inbox.getByRole("button", { name: "Remove stretch 2 of Sunday" }).click();
  await inbox.getByRole("button", { name: "Remove stretch 1 of Sunday" }).click();
  await monday.getByLabel("Monday, stretch 1, to").fill("01:00");
  await inbox.keyboard.press("Tab");
  await expect(inbox.getByText("1 hour a week")).toBeVisible();
});

test("until when somebody is away is also said by the clock where they work", async ({ inbox, world }) => {
  const bo = await person(world, "Bo Sandvik");
  const set = (time_zone: string) =>
    api(world, "PATCH", `/api/users/${bo}/availability`, {
      time_zone,
      status: "away",
      hours: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, from: "08:00", to: "11:30" })),
    });
  await set("America/New_York");
  await inbox.goto(`${world.innboks.url}/settings/availability/${bo}`);
  await expect(inbox.getByText(/^Set by hand; holds until .*\d:[03]0$/)).toBeVisible();
  await expect(inbox.getByText(/^That is .*, (08:00|11:30) in America\/New York\.$/)).toBeVisible();
  // As in Oslo, where the reader is.
  await set("Europe/Stockholm");
  await expect(inbox.getByLabel("Time zone")).toHaveValue("Europe/Stockholm");
  await expect(inbox.getByText(/^Set by hand; holds until/)).toBeVisible();
  await expect(inbox.getByText(/^That is/)).toHaveCount(0);
});

test("hours that the server does not take do not stand there as if they held", async ({ inbox, world }) => {
  await inbox.goto(`${world.innboks.url}/settings/hours`);
  const hours = inbox.getByRole("switch", { name: "Working hours" });
  await expect(hours).not.toBeChecked();
  await inbox.route("**/availability", (route) =>
    route.request().method() === "PATCH" ? route.fulfill({ status: 500 }) : route.continue(),
  );
  await hours.click();
  await expect(inbox.getByRole("alert")).toBeVisible();
  await expect(hours).not.toBeChecked();
  await inbox.unroute("**/availability");
  await hours.click();
  await expect(hours).toBeChecked();
  await expect(inbox.getByText("40 hours a week")).toBeVisible();
});

test("the name of an inbox is kept with Enter", async ({ inbox, world }) => {
  await inbox.goto(`${world.innboks.url}/settings/inboxes`);
  const name = inbox.getByLabel("Name", { exact: true });
  const before = await name.inputValue();
  await name.fill("Winter desk");
  await name.press("Enter");
  await expect(inbox.getByText("Saved", { exact: true })).toBeVisible();
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(name).toHaveValue(before);
});
