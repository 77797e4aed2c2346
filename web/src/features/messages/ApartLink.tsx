import { Link, useParams } from "@tanstack/react-router";
import type { Message } from "../../api/types";
import { t } from "../../ui/i18n";

/** From the line that says that one conversation began out of another: the way to the other one. */
export function ApartLink({ message }: { message: Message }) {
  const { view = "open" } = useParams({ strict: false }) as { view?: string };
  const { event, from, to } = message.data;
  const other = to === message.conversation_id ? from : to;
  if (event !== "began_apart" || typeof other !== "string") return null;
  return (
    <Link className="link" to="/inbox/$view/$conversation" params={{ view, conversation: other }}>
      {t("system.apart_show")}
    </Link>
  );
}
