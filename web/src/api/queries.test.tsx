// @vitest-environment jsdom
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeQueryClient } from "./queries";
import { saveInto } from "./saving";

let root: Root;
const client = makeQueryClient();

function Box() {
  const { data } = useQuery({
    queryKey: ["box"],
    queryFn: () => ({ isOn: false }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const change = (isOn: boolean) =>
    void saveInto(
      client,
      ["box"],
      () => ({ isOn }),
      () => new Promise(() => undefined),
    );
  return <input type="checkbox" checked={data?.isOn ?? false} onChange={(event) => change(event.target.checked)} />;
}

beforeEach(() => {
  client.setQueryData(["box"], { isOn: false });
  root = createRoot(document.body.appendChild(document.createElement("div")));
});
afterEach(() => root.unmount());

it("draws what was changed in the same task: a box that is pressed does not flip back", async () => {
  root.render(
    <QueryClientProvider client={client}>
      <Box />
    </QueryClientProvider>,
  );
  const box = () => document.querySelector("input") as HTMLInputElement;
  await expect.poll(() => document.querySelector("input"), { timeout: 10_000 }).not.toBeNull();
  for (const isOn of [true, false]) {
    box().click();
    // The microtasks of this task, and nothing later.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(box().checked).toBe(isOn);
  }
});
