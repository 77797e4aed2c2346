import { ArrowDownNarrowWide, ChevronDown } from "lucide-react";
import { type ListFilter, orderOf, type Sort } from "../../api/lists";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { useChangeList } from "./useList";

const NAMES = { due: "sort.due", newest: "sort.newest", oldest: "sort.oldest" } as const;
const SORTS: readonly Sort[] = ["due", "newest", "oldest"];

/** The order of the list. Where nothing can be due, "due first" is not offered. */
export function SortMenu({ filter }: { filter: ListFilter }) {
  const change = useChangeList();
  const order = orderOf(filter);
  const canBeDue = orderOf({ ...filter, sort: "due" }) === "due";
  return (
    <Menu
      label={t("sort.label", { order: t(NAMES[order]) })}
      className="order"
      items={SORTS.filter((sort) => sort !== "due" || canBeDue).map((sort) => ({
        id: sort,
        label: t(NAMES[sort]),
        isChosen: sort === order,
        run: () => change({ sort }),
      }))}
    >
      <ArrowDownNarrowWide className="mid" />
      {t(NAMES[order])}
      <ChevronDown className="small" />
    </Menu>
  );
}
