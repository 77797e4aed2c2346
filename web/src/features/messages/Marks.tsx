import { CornerUpLeft, Forward } from "lucide-react";
import type { Message } from "../../api/types";
import { t } from "../../ui/i18n";
import type { Place } from "./entries";

/** What became of a message: answered, passed on; or that it passes another one on itself. */
export function Marks({ message, place }: { message: Message; place: Place }) {
  const isForward = Boolean(message.data.forward_of);
  if (!place.isAnswered && !place.isForwarded && !isForward) return null;
  return (
    <span className="marks">
      {place.isAnswered ? (
        <span title={t("mail.answered")}>
          <CornerUpLeft className="small" />
          <span className="sr">{t("mail.answered")}</span>
        </span>
      ) : null}
      {place.isForwarded || isForward ? (
        <span>
          <Forward className="small" />
          {t(isForward ? "mail.is_forward" : "mail.forwarded")}
        </span>
      ) : null}
    </span>
  );
}
