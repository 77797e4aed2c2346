import { describe, expect, it } from "vitest";
import {
  another,
  dragged,
  isFine,
  likeDay,
  overMidnight,
  problemOf,
  readEnd,
  type Stretch,
  shownEnd,
  total,
  USUAL,
} from "./week";

const at = (from: string, to: string, day = 0): Stretch => ({ day, from, to });

describe("the hours of a week", () => {
  it("end after they begin, and do not overlap", () => {
    expect(problemOf([at("09:00", "12:00"), at("12:00", "15:00")])).toBeNull();
    expect(problemOf([at("13:00", "15:00"), at("09:00", "13:01")])).toBe("overlap");
    expect(problemOf([at("17:00", "09:00")])).toBe("ends_before");
    expect(problemOf([at("", "09:00")])).toBe("ends_before");
    expect(isFine([at("09:00", "12:00"), at("11:00", "15:00", 1)])).toBe(true);
  });

  it("reach midnight, which a field for a time shows as 00:00", () => {
    expect([shownEnd("24:00"), readEnd("00:00"), readEnd("17:30")]).toEqual(["00:00", "24:00", "17:30"]);
    expect(problemOf([at("22:00", readEnd("00:00"))])).toBeNull();
  });

  it("get another stretch after an hour's break, as long as the day lasts", () => {
    expect(another([], 2)).toEqual(at("09:00", "17:00", 2));
    expect(another([at("09:00", "11:30")], 0)).toEqual(at("12:30", "16:30"));
    expect(another([at("09:00", "21:00")], 0)).toEqual(at("22:00", "24:00"));
    expect(another([at("18:00", "24:00")], 0), "before an evening").toEqual(at("13:00", "17:00"));
    expect(another([at("02:00", "23:00")], 0)).toEqual(at("00:00", "01:00"));
    expect(another([at("01:00", "23:00")], 0)).toBeUndefined();
  });

  it("go on past midnight, on the next day", () => {
    const [late, early] = [at("22:00", "24:00", 6), at("00:00", "02:00", 0)];
    const monday = at("09:00", "17:00", 0);
    expect(overMidnight([monday, at("22:00", "02:00", 6)], 6)).toEqual({ hours: [early, monday, late], to: early });
    expect(overMidnight([at("01:00", "17:00"), at("22:00", "02:00", 6)], 6), "taken").toBeUndefined();
    expect(overMidnight([at("09:00", "17:00")], 0)).toBeUndefined();
    expect(overMidnight([at("09:00", "09:00"), at("", "08:00")], 0), "not over midnight").toBeUndefined();
  });

  it("are dragged in quarters of an hour, up to their neighbours and the ends of the day", () => {
    const day = [at("09:00", "11:30"), at("13:00", "17:10")];
    expect(dragged(day, 0, "to", 40)).toEqual(at("09:00", "12:15"));
    expect(dragged(day, 0, "to", 5), "not a step yet").toEqual(at("09:00", "11:30"));
    expect(dragged(day, 0, "to", 900), "its neighbour").toEqual(at("09:00", "13:00"));
    expect(dragged(day, 1, "from", -900)).toEqual(at("11:30", "17:10"));
    expect(dragged(day, 1, "from", 900), "something stays").toEqual(at("16:55", "17:10"));
    expect(dragged(day, 1, "to", 900), "midnight").toEqual(at("13:00", "24:00"));
    expect(dragged(day, 0, "whole", -900)).toEqual(at("00:00", "02:30"));
    expect(dragged(day, 0, "whole", 61)).toEqual(at("10:00", "12:30"));
    expect(dragged(day, 1, "whole", -900)).toEqual(at("11:30", "15:40"));
  });

  it("can be the same on all weekdays", () => {
    const saturday = at("10:00", "12:00", 5);
    const week = likeDay([at("08:00", "11:00"), at("12:00", "16:00"), at("09:00", "17:00", 3), saturday], 0);
    expect(week).toHaveLength(11);
    expect(week.filter((one) => one.day === 3)).toEqual([at("08:00", "11:00", 3), at("12:00", "16:00", 3)]);
    expect(week).toContainEqual(saturday);
    expect(total(USUAL)).toBe(40 * 60);
  });
});
