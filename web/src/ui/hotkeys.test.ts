import { afterEach, describe, expect, it } from "vitest";
import { adoptHotkeys, isSingle, keysOf, readHotkeys, shownKey, shownKeys, withKey } from "./hotkeys";

const open = { name: "open", keys: ["Enter", "o"] };
const close = { name: "close", keys: ["e"] };
const go = { name: "go_mine", keys: ["g m"] };
const send = { name: "send", keys: ["Mod+Enter"] };

afterEach(() => adoptHotkeys({}));

describe("single-letter keys", () => {
  it("are letters, figures and signs, alone, with shift or one after the other", () => {
    for (const key of ["e", "Shift+I", "?", "+", "æ", "g m"]) expect(isSingle(key), key).toBe(true);
    for (const key of ["Enter", "Mod+k", "F6", "Shift+F6", "Mod+Shift+F", "ArrowDown"])
      expect(isSingle(key), key).toBe(false);
  });

  it("do nothing when they are off, and the others go on", () => {
    adoptHotkeys({ keyboard: { has_single_keys: false, changed: { close: "q" } } });
    expect([open, close, go, send].map(keysOf)).toEqual([["Enter"], [], [], ["Mod+Enter"]]);
    expect(withKey("Close", close)).toBe("Close");
  });

  it("are another one, or none, as the person chose", () => {
    adoptHotkeys({ keyboard: { changed: { open: "q", close: "", send: "s" } } });
    expect([open, close, go, send].map(keysOf)).toEqual([["q", "Enter"], [], ["g m"], ["Mod+Enter"]]);
    adoptHotkeys({});
    expect(keysOf(close)).toEqual(["e"]);
    expect(withKey("Close", close)).toBe("Close (E)");
  });

  it("are read of what the server keeps as far as it can be meant", () => {
    for (const raw of [undefined, null, 7, "x", [], { changed: 3 }])
      expect(readHotkeys(raw)).toEqual({ has_single_keys: true, changed: {} });
    const raw = { has_single_keys: "no", changed: { close: "Mod+w", open: 5, undo: " ", go_mine: "Shift+Y" } };
    expect(readHotkeys(raw)).toEqual({ has_single_keys: true, changed: { go_mine: "Shift+Y" } });
  });

  it("are written as people read them", () => {
    expect(shownKeys("Shift+I")).toBe("Shift I");
    expect(shownKeys("+")).toBe("+");
    expect(shownKeys("g m")).toBe("G M");
    expect(shownKey(undefined)).toBe("");
  });
});
