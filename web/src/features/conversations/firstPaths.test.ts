import { expect, test } from "vitest";
import { firstPaths } from "./firstPaths";

const LIST = "/api/conversations?";
const at = (pathname: string, search = "") =>
  firstPaths({ pathname, search }, "due").find((path) => path.startsWith(LIST));

test("the list of the address is asked for as the inbox asks for it", () => {
  expect(at("/")).toBe(`${LIST}view=open&sort=due&limit=50`);
  expect(at("/inbox/mine", "?sort=oldest")).toBe(`${LIST}view=mine&sort=oldest&limit=50`);
  expect(at("/inbox/channel-12/77")).toBe(`${LIST}view=open&channel_account_id=12&sort=due&limit=50`);
  expect(at("/inbox/open", "?assignees=me,nobody")).toBe(`${LIST}view=open&sort=due&assignees=me%2Cnobody&limit=50`);
});

test("a saved view's list waits for its filters, and other pages ask only who this is", () => {
  expect(at("/inbox/saved-3")).toBeUndefined();
  expect(firstPaths({ pathname: "/settings/channels", search: "" }, "due")).toEqual(["/api/session"]);
});
