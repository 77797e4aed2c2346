import type { Scope } from "../../actions/action";
import type { Message } from "../../api/types";
import { t } from "../../ui/i18n";

/** Who wrote it, as people call them. */
export function authorOf(message: Message, scope: Scope): string {
  const user = scope.users.find((one) => one.id === message.author_id);
  return user?.name || message.sender?.name || message.sender?.address || t("contact.unknown");
}
