import { QueryObserver } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { Problem } from "./client";
import { catchUp } from "./live";
import { keys, makeQueryClient } from "./queries";

it("asks again for what was read before the stream stood, and leaves what could not be read to whoever presses Retry", async () => {
  const client = makeQueryClient();
  const asked: string[] = [];
  const read = new QueryObserver(client, { queryKey: keys.views, queryFn: () => asked.push("views") });
  const failed = new QueryObserver(client, {
    queryKey: keys.channelAccounts,
    queryFn: () => {
      asked.push("accounts");
      throw new Problem(500, {});
    },
  });
  const shown: string[] = [];
  const stops = [read.subscribe(() => undefined), failed.subscribe(({ status }) => shown.push(status))];
  await expect.poll(() => failed.getCurrentResult().status).toBe("error");
  shown.length = 0;
  catchUp(client);
  await expect.poll(() => asked).toEqual(["views", "accounts", "views"]);
  await expect.poll(() => client.isFetching()).toBe(0);
  expect(asked).toEqual(["views", "accounts", "views"]);
  expect(shown).toEqual([]);
  for (const stop of stops) stop();
});
