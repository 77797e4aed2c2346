import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import type { Scope } from "../../actions/action";
import { actions } from "../../actions/list";
import { tagsQuery } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { t } from "../../ui/i18n";
import { Section } from "./Section";

/** The conversation's tags; the button is the action that changes them. */
export function Tags({ conversation, scope }: { conversation: Conversation; scope: Scope }) {
  const tags = useQuery(tagsQuery).data ?? [];
  const shown = tags.filter((tag) => conversation.tag_ids.includes(tag.id));
  const action = actions.find((one) => one.name === "tags");
  const canChange = action?.when(scope) ?? false;
  if (!shown.length && !canChange) return null;
  const label = action ? t(action.label(conversation)) : "";
  return (
    <Section
      name="tags"
      title={t("contact.tags")}
      aside={
        action && canChange ? (
          <button
            type="button"
            className="iconbtn s"
            aria-label={label}
            title={label}
            onClick={() => action.run(scope)}
          >
            <Plus className="mid" />
          </button>
        ) : null
      }
    >
      {shown.length ? null : <p className="muted small-text">{t("contact.no_tags")}</p>}
      <ul className="taglist">
        {shown.map((tag) => (
          <li key={tag.id} className="chip s">
            {tag.name}
          </li>
        ))}
      </ul>
    </Section>
  );
}
