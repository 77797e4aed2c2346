/* What narrows the book of contacts, as it stands in the address. Read next: book.ts. */
export const SORTS = ["name", "newest", "changed"] as const;
export type Sort = (typeof SORTS)[number];

/** As it stands in the address; what is missing narrows nothing. */
export interface BookSearch {
  q?: string;
  owner?: string;
  channel?: string;
  blocked?: "true" | "false";
  open?: "true" | "false";
  property?: string;
  value?: string;
  by?: Sort;
}

const flag = (value: unknown) => (value === "true" || value === "false" ? value : undefined);
const words = (value: unknown) => (value === undefined || value === "" ? undefined : String(value).slice(0, 200));

export function readBookSearch(given: Record<string, unknown>): BookSearch {
  const found: BookSearch = {
    q: words(given.q),
    owner: words(given.owner),
    channel: words(given.channel),
    blocked: flag(given.blocked),
    open: flag(given.open),
    property: words(given.property),
    value: words(given.value),
    by: SORTS.find((one) => one === given.by),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
