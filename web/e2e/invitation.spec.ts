/* A mail that is an invitation: what it is about, in a card instead of an empty mail with a file. */
import { axe, conversationWith, shots } from "./checks";
import { expect, test } from "./fixtures";

const SHOTS = process.env.SHOTS;
const lines = [
  "BEGIN:VCALENDAR",
  "METHOD:REQUEST",
  "BEGIN:VEVENT",
  "ORGANIZER;CN=Leo Example:mailto:leo@shop.example",
  "SUMMARY:Fitting of the big tent in the hall behind the sports ground, with everybody who has ever pitched one",
  "DTSTART:20261103T130000Z",
  "DTEND:20261103T140000Z",
  "LOCATION:Hall 2, Storgata 1",
  "RRULE:FREQ=WEEKLY",
  "END:VEVENT",
  "END:VCALENDAR",
  "",
];

test("a mail that is only an invitation says what, when, where and from whom", async ({ inbox, world }) => {
  const head = [
    "From: Leo Example <leo@shop.example>",
    "To: support@tindra.example",
    "Subject: The fitting",
    "MIME-Version: 1.0",
    "Content-Type: text/calendar; method=REQUEST; charset=utf-8",
    "",
  ];
  await world.write({ from: "leo@shop.example", raw: [...head, ...lines].join("\r\n") });
  const { id } = await conversationWith(world, "The fitting");
  await inbox.goto(`${world.innboks.url}/inbox/open/${id}`);
  const card = inbox.getByRole("region", { name: "Invitation" });
  await expect(card).toContainText("Fitting of the big tent");
  await expect(card).toContainText("Hall 2, Storgata 1");
  await expect(card).toContainText("Leo Example <leo@shop.example>");
  await expect(card).toContainText("comes again");
  const clock = await inbox.evaluate(() =>
    new Date("2026-11-03T13:00:00Z").toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }),
  );
  await expect(card).toContainText(clock);
  await expect(inbox.getByRole("main").getByText("Fitting of the big tent")).toHaveCount(1);
  await axe(inbox, "an invitation");
  if (SHOTS) await shots(inbox, SHOTS, "invitation");
  await inbox.setViewportSize({ width: 360, height: 740 });
  expect(await inbox.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});
