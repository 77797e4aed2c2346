import { ChevronDown, ChevronLeft, CircleAlert, Ellipsis, PanelRight } from "lucide-react";
import { type Action, type Scope, shownKeys } from "../../actions/action";
import { actions, assignTo, closeAction } from "../../actions/list";
import { panes, togglePane } from "../../actions/panes";
import type { Conversation } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button, IconButton } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { Menu, type MenuItem } from "../../ui/Menu";
import { useStore } from "../../ui/store";
import { contactName } from "../conversations/Row";

interface Props {
  conversation: Conversation;
  scope: Scope;
}

export function ThreadHeader({ conversation, scope }: Props) {
  const hasContext = useStore(panes, (state) => state.hasContext);
  const CloseIcon = closeAction.icon?.(scope) ?? Ellipsis;
  return (
    <header className="threadhead">
      <div className="row">
        <IconButton className="back" label={t("thread.back")} onClick={() => scope.open(null, "none")}>
          <ChevronLeft />
        </IconButton>
        <h2 className="cut grow" dir="auto" title={conversation.subject}>
          {conversation.subject || contactName(conversation)}
        </h2>
        <IconButton
          label={t("action.context")}
          keys="]"
          aria-pressed={hasContext}
          onClick={() => togglePane("hasContext")}
        >
          <PanelRight />
        </IconButton>
        <MoreMenu scope={scope} />
        <Button
          size="s"
          icon={<CloseIcon />}
          title={`${t(closeAction.label(conversation))} (${shownKeys(closeAction.keys[0])})`}
          onClick={() => closeAction.run(scope)}
        >
          {t(closeAction.label(conversation))}
        </Button>
      </div>
      <div className="meta">
        <span className="pill">
          <span className={`dot s ${conversation.status === "open" ? "ok" : ""}`} />
          {conversation.status === "open" ? t("status.open") : t("status.closed")}
        </span>
        <Assignee conversation={conversation} scope={scope} />
        {conversation.failed_count > 0 ? (
          <span className="chip s bad">
            <CircleAlert className="small" />
            {t("row.failed")}
          </span>
        ) : null}
      </div>
    </header>
  );
}

/** Who has it; the menu gives it to somebody else. */
function Assignee({ conversation, scope }: Props) {
  const isAssigning = useStore(panes, (state) => state.isAssigning);
  const assignee = scope.users.find((user) => user.id === conversation.assignee_id);
  const people = scope.users.filter((user) => user.is_active || user.id === assignee?.id);
  const items: MenuItem[] = [
    {
      id: "nobody",
      label: t("assign.nobody"),
      icon: <span className="nobody" />,
      isChosen: !assignee,
      run: () => assignTo(scope, null),
    },
    ...people.map((user, index) => ({
      id: user.id,
      label: user.id === scope.me.id ? t("assign.me", { name: user.name }) : user.name,
      icon: <Avatar name={user.name} seed={user.id} size={18} />,
      isChosen: user.id === assignee?.id,
      startsGroup: index === 0,
      keys: user.id === scope.me.id ? shownKeys("Shift+I") : undefined,
      run: () => assignTo(scope, user.id),
    })),
  ];
  return (
    <Menu
      label={assignee ? t("assign.label", { name: assignee.name }) : t("assign.label_nobody")}
      title={`${t("action.assign")} (I)`}
      className="pill"
      items={items}
      isOpen={isAssigning}
      onOpenChange={(isOpen) => panes.set({ isAssigning: isOpen })}
    >
      {assignee ? <Avatar name={assignee.name} seed={assignee.id} size={18} /> : <span className="nobody" />}
      <span className="cut">{assignee?.name ?? t("assign.nobody")}</span>
      <ChevronDown className="small" />
    </Menu>
  );
}

const IN_MENU = ["reply", "reply_all", "comment", "assign_me", "close"];

function MoreMenu({ scope }: { scope: Scope }) {
  const items = IN_MENU.map((name) => actions.find((action) => action.name === name))
    .filter((action): action is Action => action?.when(scope) === true)
    .map((action) => ({
      id: action.name,
      label: t(action.label(scope.conversation)),
      keys: shownKeys(action.keys[0]),
      run: () => action.run(scope),
    }));
  return (
    <Menu label={t("thread.more")} className="iconbtn" align="end" items={items}>
      <Ellipsis />
    </Menu>
  );
}
