// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keys, makeQueryClient } from "../../api/queries";
import { forgetUnsaved } from "./forget";
import type { Unsaved } from "./unsaved";

interface Rule {
  is_on: boolean;
  days: number | null;
  who: { id: string }[];
}

const SAVED: Rule = { is_on: false, days: null, who: [] };
const PLACE = "innboks.unsaved.7.1.channels/3/rule";
let root: Root;
let form: Unsaved<Rule>;
let marks: string[];

/** The page is loaded anew: what a module holds is gone, what the tab stores is not. */
async function open(saved = SAVED, me = "7"): Promise<(saved: Rule) => void> {
  vi.resetModules();
  const { useUnsaved, useUnsavedAt } = await import("./unsaved");
  const client = makeQueryClient();
  client.setQueryData(keys.session, { user: { id: me }, account: { id: "1" } });
  const Form = ({ now }: { now: Rule }) => {
    form = useUnsaved("channels/3/rule", now, { ...now, days: null, who: [{ id: "" }] });
    marks = useUnsavedAt("channels");
    return null;
  };
  act(() => root?.unmount());
  root = createRoot(document.createElement("div"));
  const draw = (now: Rule) =>
    act(() =>
      root.render(
        <QueryClientProvider client={client}>
          <Form now={now} />
        </QueryClientProvider>,
      ),
    );
  draw(saved);
  return draw;
}

const change = (part: Partial<Rule>) => act(() => form.change({ ...form.value, ...part }));

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  sessionStorage.clear();
});
afterEach(() => {
  act(() => root.unmount());
  vi.restoreAllMocks();
});

it("stands again as it was left when the page is loaded anew, and is marked", async () => {
  await open();
  expect([form.isChanged, marks]).toEqual([false, []]);
  change({ is_on: true, who: [{ id: "4" }] });
  await open();
  expect(form.value).toEqual({ is_on: true, days: null, who: [{ id: "4" }] });
  expect([form.isChanged, form.isOvertaken, marks]).toEqual([true, false, ["3/rule"]]);
});

it("is gone when it is discarded, saved, or changed back; discarding has a way back", async () => {
  await open();
  change({ is_on: true });
  let back = () => {};
  act(() => {
    back = form.discard();
  });
  expect([form.value, sessionStorage.length]).toEqual([SAVED, 0]);
  act(() => back());
  expect([form.value.is_on, sessionStorage.length]).toEqual([true, 1]);
  change({ is_on: false });
  expect([form.isChanged, sessionStorage.length, marks]).toEqual([false, 0, []]);
  change({ is_on: true });
  act(() => form.saved(form.value));
  expect(sessionStorage.length).toBe(0);
});

it("keeps what is changed while something is being saved", async () => {
  const draw = await open();
  change({ is_on: true });
  const sent = form.value;
  change({ days: 9 });
  act(() => {
    form.saved(sent);
    draw(sent);
  });
  expect(form.value).toEqual({ ...sent, days: 9 });
  expect([form.isChanged, form.isOvertaken]).toEqual([true, false]);
});

it("stands upon what a colleague has saved meanwhile, and says so until somebody has chosen", async () => {
  await open();
  change({ is_on: true });
  const theirs = { ...SAVED, days: 14, who: [{ id: "5" }] };
  await open(theirs);
  expect(form.value).toEqual({ ...theirs, is_on: true });
  expect(form.isOvertaken).toBe(true);
  change({ days: null }); // as it was when one began: that counts too
  expect([form.value.days, form.isOvertaken]).toEqual([null, true]);
  await open(theirs);
  expect([form.value.days, form.isOvertaken]).toEqual([null, true]);
  act(() => void form.discard());
  expect([form.value, form.isOvertaken]).toEqual([theirs, false]);
});

it("has nothing to say where a colleague has saved the same", async () => {
  const draw = await open();
  change({ is_on: true });
  draw({ ...SAVED, is_on: true });
  expect([form.isChanged, form.isOvertaken, sessionStorage.length]).toEqual([false, false, 0]);
});

it("belongs to one person, and goes when another one signs in or anybody signs out", async () => {
  await open();
  change({ is_on: true });
  await open(SAVED, "8");
  expect([form.isChanged, marks]).toEqual([false, []]);
  forgetUnsaved("7");
  expect(sessionStorage.length).toBe(1);
  sessionStorage.setItem("innboks.other", "stays");
  forgetUnsaved("70");
  expect(Object.keys(sessionStorage)).toEqual(["innboks.other"]);
  await open();
  change({ is_on: true });
  forgetUnsaved(null);
  expect(Object.keys(sessionStorage)).toEqual(["innboks.other"]);
});

const odd: [string, string][] = [
  ["no JSON", "{"],
  ["a number", "7"],
  ["nothing", "null"],
  ["a list", "[1]"],
  ["no value", '{"from": {}}'],
  ["a text", JSON.stringify({ value: "x", from: "x" })],
  ["a part missing", JSON.stringify({ value: { is_on: true, days: null }, from: SAVED })],
  ["another kind", JSON.stringify({ value: { ...SAVED, is_on: "yes" }, from: SAVED })],
  ["something in a choice", JSON.stringify({ value: { ...SAVED, days: {} }, from: SAVED })],
  ["nothing in a list", JSON.stringify({ value: { ...SAVED, who: [null] }, from: SAVED })],
  ["it began with something else", JSON.stringify({ value: { ...SAVED, is_on: true }, from: 4 })],
  ["too much", JSON.stringify({ value: { ...SAVED, who: [{ id: "x".repeat(600_000) }] }, from: SAVED })],
];
for (const [name, text] of odd)
  it(`takes no notice of what is no such form: ${name}`, async () => {
    sessionStorage.setItem(PLACE, text);
    await open();
    expect([form.value, form.isChanged, marks]).toEqual([SAVED, false, []]);
    change({ is_on: true });
    await open();
    expect(form.value.is_on).toBe(true);
  });

it("lives on in the page where the storage is full or forbidden", async () => {
  for (const name of ["setItem", "getItem", "removeItem"] as const)
    vi.spyOn(Storage.prototype, name).mockImplementation(() => {
      throw new DOMException("No", "QuotaExceededError");
    });
  await open();
  change({ is_on: true });
  expect([form.value.is_on, marks]).toEqual([true, ["3/rule"]]);
  act(() => void form.discard());
  expect(form.isChanged).toBe(false);
});
