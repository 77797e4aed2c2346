import { useQuery } from "@tanstack/react-query";
import { tagsQuery } from "../../api/queries";
import type { Id } from "../../api/types";

/** Tags, as far as there is room: what does not fit is not shown at all. */
export function RowTags({ ids }: { ids: readonly Id[] }) {
  const tags = useQuery({ ...tagsQuery, enabled: ids.length > 0 }).data;
  if (!ids.length || !tags) return null;
  const names = tags.filter((tag) => ids.includes(tag.id));
  return (
    <span className="rowtags" title={names.map((tag) => tag.name).join(", ")}>
      {names.map((tag) => (
        <span key={tag.id} className="rowtag">
          {tag.name}
        </span>
      ))}
    </span>
  );
}
