import { Star } from "lucide-react";
import { lazy, Suspense } from "react";
import { withWords } from "../../ui/i18n";

const SavedViewIcon = lazy(withWords(() => import("./savedViewIcons")));

/** The icon of a saved view. The set is fetched only where somebody has a saved view. */
export function SavedIcon({ name }: { name: string }) {
  return (
    <Suspense fallback={<Star />}>
      <SavedViewIcon name={name} />
    </Suspense>
  );
}
