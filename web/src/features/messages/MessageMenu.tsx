import { ArrowRightLeft, Download, Ellipsis, MessageSquarePlus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Scope } from "../../actions/action";
import { moveMessage } from "../../actions/move";
import { isLocal } from "../../api/ids";
import type { Conversation, Message } from "../../api/types";
import { t } from "../../ui/i18n";
import { Menu, type MenuItem } from "../../ui/Menu";

const MoveDialog = lazy(() => import("./MoveDialog"));

interface Props {
  message: Message;
  conversation: Conversation;
  scope: Scope;
}

/** What can be done with one message. Nothing while it is on its way: it would be sent from a conversation it has left. */
export function MessageMenu({ message, conversation, scope }: Props) {
  const [isMoving, setMoving] = useState(false);
  const isOnItsWay = isLocal(message.id) || message.state === "queued" || message.state === "sending";
  if (message.type === "system" || isOnItsWay) return null;
  const items: MenuItem[] = [
    {
      id: "move_new",
      label: t("mail.move_new"),
      icon: <MessageSquarePlus />,
      run: () => void moveMessage(message, null, scope),
    },
    { id: "move_to", label: t("mail.move_to"), icon: <ArrowRightLeft />, run: () => setMoving(true) },
  ];
  if (message.direction === "in")
    items.push({
      id: "download",
      label: t("mail.download"),
      icon: <Download />,
      startsGroup: true,
      run: () => download(`/api/messages/${message.id}/source`),
    });
  return (
    <>
      <Menu label={t("mail.menu")} className="iconbtn s" align="end" items={items}>
        <Ellipsis />
      </Menu>
      {isMoving ? (
        <Suspense fallback={null}>
          <MoveDialog message={message} conversation={conversation} scope={scope} onClose={() => setMoving(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

function download(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}
