/* What can be done to all chosen conversations at once: the same actions and keys as for one. Stands over the list while something is chosen. */
import { AlarmClock, ArrowRightLeft, Ellipsis, SignalHigh, Tags, UserRoundPlus } from "lucide-react";
import type { ReactNode } from "react";
import type { Action, Scope } from "../../actions/action";
import { actions } from "../../actions/list";
import { readOnlyWords } from "../../actions/mayAct";
import type { PickerKind } from "../../actions/pickers";
import { targets } from "../../actions/steer";
import { closeAction } from "../../actions/steering";
import { IconButton } from "../../ui/Button";
import { shownKey } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { PickerButton } from "../steering/PickerButton";
import { useSelectedCount } from "./selection";
import "../steering/steering.css";

const PICKERS: [PickerKind, ReactNode][] = [
  ["assign", <UserRoundPlus key="assign" />],
  ["snooze", <AlarmClock key="snooze" />],
  ["tags", <Tags key="tags" />],
  ["priority", <SignalHigh key="priority" />],
  ["move", <ArrowRightLeft key="move" />],
];
const IN_MENU = ["assign_me", "unread", "merge", "spam", "trash"];

export function BulkBar({ scope }: { scope: Scope }) {
  const count = useSelectedCount();
  if (!count) return null;
  const CloseIcon = closeAction.icon?.(scope) ?? Ellipsis;
  const why = readOnlyWords(scope);
  const closeWords = t(
    closeAction.label(targets(scope).find((one) => one.status === "open") ?? targets(scope)[0] ?? null),
  );
  return (
    <div className="bulkbar" role="toolbar" aria-label={t("bulk.label")}>
      {why ? (
        <span className="muted small-text grow">{why}</span>
      ) : (
        <IconButton label={closeWords} keys={shownKey(closeAction)} onClick={() => closeAction.run(scope)}>
          <CloseIcon />
        </IconButton>
      )}
      {PICKERS.map(([kind, icon]) => (
        <PickerButton key={kind} kind={kind} at="bulk" scope={scope} className="iconbtn">
          {icon}
        </PickerButton>
      ))}
      <MoreMenu scope={scope} />
    </div>
  );
}

function MoreMenu({ scope }: { scope: Scope }) {
  const items = IN_MENU.map((name) => actions.find((action) => action.name === name))
    .filter((action): action is Action => action?.when(scope) === true)
    .map((action) => ({
      id: action.name,
      label: t(action.label(null)),
      keys: shownKey(action),
      run: () => setTimeout(() => action.run(scope)),
    }));
  return (
    <Menu label={t("bulk.more")} className="iconbtn" align="end" items={items}>
      <Ellipsis />
    </Menu>
  );
}
