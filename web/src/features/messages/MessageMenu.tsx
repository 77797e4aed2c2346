import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  ArrowRightLeft,
  CircleHelp,
  Download,
  Ellipsis,
  FileCode,
  FolderPlus,
  Forward,
  Link as LinkIcon,
  MessageSquarePlus,
  Palette,
  Printer,
  Reply,
  Split,
  TextQuote,
} from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Scope } from "../../actions/action";
import { readOnlyWords } from "../../actions/mayAct";
import { moveMessage } from "../../actions/move";
import { askComposer } from "../../actions/panes";
import { isLocal } from "../../api/ids";
import { channelsQuery } from "../../api/queries";
import type { Conversation, Message } from "../../api/types";
import { t, withWords } from "../../ui/i18n";
import { Menu, type MenuItem } from "../../ui/Menu";
import { useIsDark } from "../../ui/theme";
import { toast, toastError } from "../../ui/toasts";
import { keepFiles } from "../library/library";
import { placeOf } from "../search/placeOf";
import { recipientLine } from "./people";
import { printMessage } from "./print";
import { useRemembered } from "./remembered";
import { WhyDialog } from "./Why";
import type { Doubt } from "./why";

const MoveDialog = lazy(withWords(() => import("./MoveDialog")));
const SplitDialog = lazy(withWords(() => import("../steering/SplitDialog")));
const Source = lazy(withWords(() => import("./Source")));

interface Props {
  message: Message;
  conversation: Conversation;
  scope: Scope;
  author: string;
  /** F forwards this one. */
  isNewest: boolean;
  doubt: Doubt | null;
}

/** What can be done with one message. Nothing while it is on its way: it would be sent from a conversation it has left. */
export function MessageMenu({ message, conversation, scope, author, isNewest, doubt }: Props) {
  const [shown, setShown] = useState<"move" | "split" | "why" | "source" | null>(null);
  const [isOriginal, setOriginal] = useRemembered(`original ${message.id}`, false);
  const isDark = useIsDark();
  const client = useQueryClient();
  const files = message.attachments.filter((one) => !one.is_inline);
  const isOnItsWay = isLocal(message.id) || message.state === "queued" || message.state === "sending";
  const channel = useQuery(channelsQuery).data?.find((one) => one.kind === conversation.kind);
  const canForward = message.type !== "comment" && (channel?.abilities.recipient_roles.length ?? 0) > 0;
  if (message.type === "system" || isOnItsWay) return null;
  const print = () =>
    void printMessage(message, conversation.subject, [
      [author, message.sender.address].filter(Boolean).join(" · "),
      recipientLine(message, conversation.contact),
    ]);
  const mayAct = readOnlyWords({ ...scope, conversation, isAlone: true }) === null;
  const items: (MenuItem | false | undefined)[] = [
    mayAct &&
      message.direction === "in" && {
        id: "reply",
        label: t("action.reply"),
        icon: <Reply />,
        keys: "R",
        run: () => askComposer("reply"),
      },
    mayAct &&
      canForward && {
        id: "forward",
        label: t("action.forward"),
        icon: <Forward />,
        keys: isNewest ? "F" : undefined,
        run: () => askComposer("forward", false, message.id),
      },
    {
      id: "copy_link",
      label: t("mail.copy_link"),
      icon: <LinkIcon />,
      startsGroup: true,
      // Not beside the list that is on this screen: a colleague may have no such view.
      run: () =>
        copy(
          `${location.origin}/inbox/${placeOf(conversation).view}/${conversation.id}#m${message.id}`,
          t("mail.link_copied"),
        ),
    },
    {
      id: "copy_text",
      label: t("mail.copy_text"),
      icon: <TextQuote />,
      run: () => copy(message.text, t("mail.text_copied")),
    },
    files.length > 0 && {
      id: "keep_files",
      label: t("library.keep", { count: files.length }),
      icon: <FolderPlus />,
      run: () => void keepFiles(client, files),
    },
    { id: "print", label: t("mail.print"), icon: <Printer />, run: print },
    isDark &&
      message.has_html && {
        id: "original_colours",
        label: t(isOriginal ? "mail.dark_colours" : "mail.original_colours"),
        icon: <Palette />,
        run: () => setOriginal(!isOriginal),
      },
    mayAct && {
      id: "move_new",
      label: t("mail.move_new"),
      icon: <MessageSquarePlus />,
      startsGroup: true,
      run: () => void moveMessage(message, null, scope),
    },
    mayAct && { id: "move_to", label: t("mail.move_to"), icon: <ArrowRightLeft />, run: () => setShown("move") },
    mayAct && { id: "split", label: t("mail.split"), icon: <Split />, run: () => setShown("split") },
    message.direction === "in" && {
      id: "why",
      label: t("why.title"),
      icon: <CircleHelp />,
      run: () => setShown("why"),
    },
    message.has_source && {
      id: "source",
      label: t("mail.source"),
      icon: <FileCode />,
      startsGroup: true,
      run: () => setShown("source"),
    },
    message.has_source && {
      id: "download",
      label: t("mail.download"),
      icon: <Download />,
      run: () => download(`/api/messages/${message.id}/source`),
    },
  ];
  const close = () => setShown(null);
  return (
    <>
      <Menu
        label={t("mail.menu")}
        className="iconbtn s"
        align="end"
        items={items.filter((item) => item !== false && item !== undefined)}
      >
        <Ellipsis />
      </Menu>
      <Suspense fallback={null}>
        {shown === "move" ? (
          <MoveDialog message={message} conversation={conversation} scope={scope} onClose={close} />
        ) : null}
        {shown === "split" ? (
          <SplitDialog conversation={conversation} scope={scope} from={message.id} onClose={close} />
        ) : null}
        {shown === "why" ? <WhyDialog message={message} scope={scope} doubt={doubt} onClose={close} /> : null}
        {shown === "source" ? <Source message={message} onClose={close} /> : null}
      </Suspense>
    </>
  );
}

function copy(text: string, done: string): void {
  navigator.clipboard?.writeText(text).then(
    () => toast(done),
    () => toastError(t("mail.not_copied")),
  ) ?? toastError(t("mail.not_copied"));
}

function download(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}
