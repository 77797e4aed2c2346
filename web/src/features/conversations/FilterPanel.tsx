import { lazy, Suspense } from "react";
import { withWords } from "../../ui/i18n";
import { Skeleton } from "../../ui/States";

const FilterForm = lazy(withWords(() => import("./FilterForm")));

/** The filters of the list; fetched when they are first opened. */
export function FilterPanel({ onClose }: { onClose: () => void }) {
  return (
    <Suspense fallback={<Skeleton rows={6} shape="line" />}>
      <FilterForm onClose={onClose} />
    </Suspense>
  );
}
