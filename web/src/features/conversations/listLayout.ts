/* Where each row of the list stands: rows of one height, under up to three headings. Pure arithmetic, so that 50 000 rows cost no more than 50. */
import { type Group, groupOf, type Sort } from "../../api/lists";
import type { Conversation } from "../../api/types";

export const HEADING_HEIGHT = 26;

export interface Section {
  /** Null: the list has no headings. */
  group: Group | null;
  /** Of its first row, among all rows. */
  start: number;
  count: number;
}

export interface Layout {
  sections: readonly Section[];
  rowHeight: number;
  height: number;
}

export function layOut(
  rows: readonly Conversation[],
  order: Sort,
  hasGroups: boolean,
  now: number,
  rowHeight: number,
): Layout {
  const sections: Section[] = [];
  if (!hasGroups || order !== "due") {
    if (rows.length) sections.push({ group: null, start: 0, count: rows.length });
  } else {
    for (const [index, row] of rows.entries()) {
      const group = groupOf(row, now);
      const last = sections.at(-1);
      if (last?.group === group) last.count++;
      else sections.push({ group, start: index, count: 1 });
    }
  }
  const headings = sections.filter((section) => section.group).length;
  return { sections, rowHeight, height: headings * HEADING_HEIGHT + rows.length * rowHeight };
}

export const heightOf = (section: Section, rowHeight: number) =>
  (section.group ? HEADING_HEIGHT : 0) + section.count * rowHeight;

/** The top of a row, in pixels from the top of the list. */
export function offsetOf({ sections, rowHeight }: Layout, index: number): number {
  const headings = sections.filter((section) => section.group && section.start <= index).length;
  return headings * HEADING_HEIGHT + index * rowHeight;
}

/** The row at this height, the next one for a heading. */
export function rowAt(layout: Layout, top: number): number {
  let above = 0;
  for (const section of layout.sections) {
    const height = heightOf(section, layout.rowHeight);
    if (top < above + height) {
      const within = top - above - (section.group ? HEADING_HEIGHT : 0);
      return section.start + Math.max(0, Math.floor(within / layout.rowHeight));
    }
    above += height;
  }
  const last = layout.sections.at(-1);
  return last ? last.start + last.count - 1 : 0;
}

/** The rows of a section that are drawn: those from `from` to before `to`, and the one that Tab comes to, however far away: without it no key would
 * lead into the list, and the focus would go when its row scrolls out of sight. */
export function drawnIn({ start, count }: Section, from: number, to: number, tabStop: number): number[] {
  const [first, end] = [Math.max(from, start), Math.min(to, start + count)];
  const drawn = Array.from({ length: Math.max(0, end - first) }, (_, nth) => first + nth);
  const isApart = tabStop >= start && tabStop < start + count && (tabStop < first || tabStop >= end);
  if (!isApart) return drawn;
  return tabStop < first ? [tabStop, ...drawn] : [...drawn, tabStop];
}

/** First and one past the last row to draw. */
export function rangeOf(layout: Layout, top: number, height: number, overscan: number): readonly [number, number] {
  const last = layout.sections.at(-1);
  const total = last ? last.start + last.count : 0;
  return [Math.max(0, rowAt(layout, top) - overscan), Math.min(total, rowAt(layout, top + height) + 1 + overscan)];
}
