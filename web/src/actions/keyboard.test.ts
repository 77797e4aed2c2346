import { describe, expect, it } from "vitest";
import en from "../ui/messages/en.json";
import { findAction, keyName } from "./keyboard";
import { actions } from "./list";

const press = (key: string, part: Partial<Record<"ctrlKey" | "metaKey" | "shiftKey" | "altKey", boolean>> = {}) =>
  keyName({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...part });

describe("how a key press is written", () => {
  it("says shift for letters and named keys, not for signs", () => {
    expect(press("j")).toBe("j");
    expect(press("I", { shiftKey: true })).toBe("Shift+I");
    expect(press("?", { shiftKey: true })).toBe("?");
    expect(press("Enter", { metaKey: true })).toBe("Mod+Enter");
    expect(press("F6", { shiftKey: true })).toBe("Shift+F6");
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

  it("have words for every name", () => {
    for (const action of actions) expect(en).toHaveProperty([action.label(null)]);
  });

  it("are found by one key or by one after the other", () => {
    expect(findAction(actions, "", "e")).toMatchObject({ name: "close" });
    expect(findAction(actions, "", "g")).toBe("wait");
    expect(findAction(actions, "g", "m")).toMatchObject({ name: "go_mine" });
    expect(findAction(actions, "", "q")).toBeUndefined();
  });
});
