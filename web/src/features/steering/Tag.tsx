import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { tagsQuery } from "../../api/queries";
import type { Id, Tag } from "../../api/types";
import { t } from "../../ui/i18n";
import "./steering.css";

export const COLORS = ["gray", "teal", "amber", "blue", "red", "green", "violet", "brown"] as const;

/** The tags with these ids, by name. One that was deleted meanwhile is left out. */
export function useTags(ids: readonly Id[]): Tag[] {
  const { data } = useQuery({ ...tagsQuery, enabled: ids.length > 0 });
  return data?.filter((tag) => ids.includes(tag.id)) ?? [];
}

export const TagDot = ({ color }: { color: Tag["color"] }) => <span className={`tagdot ${color}`} aria-hidden="true" />;

export function TagChip({ tag, onRemove }: { tag: Pick<Tag, "name" | "color">; onRemove?: () => void }) {
  return (
    <span className="tag">
      <TagDot color={tag.color} />
      <span className="cut" dir="auto">
        {tag.name}
      </span>
      {onRemove ? (
        <button type="button" aria-label={t("tags.remove", { name: tag.name })} onClick={onRemove}>
          <X className="small" />
        </button>
      ) : null}
    </span>
  );
}
