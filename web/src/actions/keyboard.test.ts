import { describe, expect, it } from "vitest";
import en from "../ui/messages/en.json";
import later from "../ui/messages/en.json?later";
import type { Action, Scope } from "./action";
import { composerActions, lend } from "./composing";
import { findAction, keyName } from "./keyboard";
import { actions } from "./list";

const press = (
  key: string,
  part: Partial<Record<"ctrlKey" | "metaKey" | "shiftKey" | "altKey", boolean>> & { code?: string } = {},
) => keyName({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...part });

describe("how a key press is written", () => {
  it("says shift for letters and named keys, not for signs", () => {
    expect(press("j")).toBe("j");
    expect(press("I", { shiftKey: true })).toBe("Shift+I");
    expect(press("?", { shiftKey: true })).toBe("?");
    expect(press("Enter", { metaKey: true })).toBe("Mod+Enter");
    expect(press("F6", { shiftKey: true })).toBe("Shift+F6");
  });

  it("knows the full stop with shift by its place, whatever sign it is there", () => {
    for (const key of [":", ">", "."])
      expect(press(key, { ctrlKey: true, shiftKey: true, code: "Period" })).toBe("Mod+Shift+.");
    expect(press(":", { shiftKey: true, code: "Period" })).toBe(":");
  });

  it("knows letters with caps lock on as the small ones", () => {
    expect(press("J")).toBe("j");
  });
});

describe("the actions", () => {
  it("have each key once, and no sequence begins with a key that acts by itself", () => {
    const keys = actions.flatMap((action) => action.keys);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys.filter((one) => one.includes(" "))) expect(keys).not.toContain(key.split(" ")[0]);
  });

  it("of the composer too, whose keys are no others' where both are heard", () => {
    const keys = composerActions.flatMap((action) => action.keys);
    expect(new Set(keys).size).toBe(keys.length);
    const heard = keys.filter((key) => key.startsWith("Mod+"));
    for (const { keys: others } of actions) expect(others.filter((key) => heard.includes(key))).toEqual([]);
  });

  it("of the composer do what is lent to them, as long as it is", () => {
    const scope = {} as Scope;
    const find = (name: string) => composerActions.find((one) => one.name === name) as Action;
    const done: string[] = [];
    const first = lend({ send: () => done.push("first"), attach: () => done.push("file") });
    const second = lend({ send: () => done.push("second") });
    first(); // the one before goes when the next one is there already
    expect([find("send").when(scope), find("attach").when(scope)]).toEqual([true, false]);
    find("send").run(scope);
    second();
    expect(find("send").when(scope)).toBe(false);
    expect(done).toEqual(["second"]);
  });

  it("have words for every name", () => {
    for (const action of actions) expect(en).toHaveProperty([action.label(null)]);
    // Those of the composer come with it.
    for (const action of composerActions) expect({ ...en, ...(later as object) }).toHaveProperty([action.label(null)]);
  });

  it("are found by one key or by one after the other", () => {
    expect(findAction(actions, "", "e")).toMatchObject({ name: "close" });
    expect(findAction(actions, "", "g")).toBe("wait");
    expect(findAction(actions, "g", "m")).toMatchObject({ name: "go_mine" });
    expect(findAction(actions, "", "q")).toBeUndefined();
  });
});
