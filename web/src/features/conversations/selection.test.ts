import { beforeEach, expect, it } from "vitest";
import { clear, extend, SELECTION_MAX, select, selection, toggle } from "./selection";

const chosen = () => [...selection.get().ids].sort();
const order = ["9", "8", "7", "6", "5"];

beforeEach(clear);

it("chooses one and lets go of it", () => {
  toggle("7");
  toggle("5");
  expect(chosen()).toEqual(["5", "7"]);
  toggle("7");
  expect(chosen()).toEqual(["5"]);
});

it("extends from the row that was chosen last, in both directions", () => {
  toggle("7");
  extend(order, "5");
  expect(chosen()).toEqual(["5", "6", "7"]);
  extend(order, "8");
  expect(chosen()).toEqual(["5", "6", "7", "8"]);
});

it("begins with the row itself when nothing was chosen, and ignores one that is not in the list", () => {
  extend(order, "6");
  expect(chosen()).toEqual(["6"]);
  extend(order, "77");
  expect(chosen()).toEqual(["6"]);
});

it("holds no more than one change takes", () => {
  select(Array.from({ length: 600 }, (_, n) => String(n)));
  expect(selection.get().ids.size).toBe(SELECTION_MAX);
  clear();
  expect(chosen()).toEqual([]);
});
