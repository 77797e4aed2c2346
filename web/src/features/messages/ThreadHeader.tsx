import { AlarmClock, ChevronLeft, Ellipsis, PanelRight } from "lucide-react";
import type { Action, Scope } from "../../actions/action";
import { actions, contextAction } from "../../actions/list";
import { panes, togglePane } from "../../actions/panes";
import { closeAction } from "../../actions/steering";
import type { Conversation } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button, IconButton } from "../../ui/Button";
import { shownKey, withKey } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { useMedia } from "../../ui/media";
import { useStore } from "../../ui/store";
import { KindBadge } from "../channels/ChannelBadge";
import { DueChip } from "../conversations/DueChip";
import { contactName } from "../conversations/Row";
import { sendingTrouble, TroubleIcon, troubleSentence } from "../conversations/SendingTrouble";
import { WhoReads } from "../presence/PresenceMark";
import { PickerButton } from "../steering/PickerButton";
import { ThreadPills } from "../steering/ThreadPills";

interface Props {
  conversation: Conversation;
  scope: Scope;
}

export function ThreadHeader({ conversation, scope: wide }: Props) {
  // What stands here is about this conversation, also while others are chosen in the list.
  const scope = { ...wide, isAlone: true };
  const hasContext = useStore(panes, (state) => state.hasContext);
  const isAlone = useMedia("(max-width: 899px)");
  const isPhone = useMedia("(max-width: 599px)");
  const trouble = sendingTrouble(conversation);
  const { contact, id } = conversation;
  // On a phone it is the customer's face: there is no room for both, and one sees whose conversation it is.
  const context = (
    <IconButton
      label={t("action.context")}
      keys={shownKey(contextAction)}
      aria-pressed={hasContext}
      onClick={() => togglePane("hasContext")}
    >
      {isPhone ? (
        <Avatar name={contact?.name || contact?.address || ""} seed={contact?.address || id}>
          <KindBadge kind={conversation.kind} />
        </Avatar>
      ) : (
        <PanelRight />
      )}
    </IconButton>
  );
  const CloseIcon = closeAction.icon?.(scope) ?? Ellipsis;
  return (
    <header className="threadhead">
      <div className="row">
        <IconButton className="back" label={t("thread.back")} onClick={() => scope.open(null, "none")}>
          <ChevronLeft />
        </IconButton>
        {isPhone ? context : null}
        <div className="grow">
          {/* Where the list gives way to the conversation, the heading of the page is whose it is. */}
          {isAlone ? (
            <h1 className={conversation.subject ? "cut phoneonly" : "sr"} dir="auto">
              {contactName(conversation)}
            </h1>
          ) : null}
          <h2 className="cut" dir="auto" title={conversation.subject}>
            {conversation.subject || contactName(conversation)}
          </h2>
        </div>
        <PickerButton kind="snooze" at="thread" scope={scope} className="iconbtn">
          <AlarmClock />
        </PickerButton>
        {isPhone ? null : context}
        <MoreMenu scope={scope} />
        {closeAction.when(scope) ? (
          <Button
            size="s"
            className="closeit"
            icon={<CloseIcon />}
            title={withKey(t(closeAction.label(conversation)), closeAction)}
            onClick={() => closeAction.run(scope)}
          >
            <span>{t(closeAction.label(conversation))}</span>
          </Button>
        ) : null}
      </div>
      <div className="meta">
        <ThreadPills conversation={conversation} scope={scope} />
        <WhoReads conversation={conversation.id} users={scope.users} />
        <span className="grow" />
        <DueChip row={conversation} />
        {trouble ? (
          <span className="chip s bad">
            <TroubleIcon trouble={trouble} />
            <span title={troubleSentence(trouble)}>{t(`delivery.${trouble}`)}</span>
          </span>
        ) : null}
      </div>
    </header>
  );
}

const IN_MENU = [
  "reply",
  "reply_all",
  "forward",
  "comment",
  "assign_me",
  "unread",
  "move",
  "merge",
  "split",
  "spam",
  "trash",
  "delete",
] as const;
const STARTS: readonly string[] = ["assign_me", "merge", "spam"];

function iconOf(action: Action, scope: Scope) {
  const Icon = action.icon?.(scope);
  return Icon ? <Icon /> : undefined;
}

function MoreMenu({ scope }: { scope: Scope }) {
  const items = IN_MENU.map((name) => actions.find((action) => action.name === name))
    .filter((action): action is Action => action?.when(scope) === true)
    .map((action) => ({
      id: action.name,
      label: t(action.label(scope.conversation)),
      icon: iconOf(action, scope),
      keys: shownKey(action),
      startsGroup: STARTS.includes(action.name),
      // When the menu has closed and given the focus back: some open a picker or a dialog.
      run: () => setTimeout(() => action.run(scope)),
    }));
  return (
    <Menu label={t("thread.more")} className="iconbtn" align="end" items={items}>
      <Ellipsis />
    </Menu>
  );
}
