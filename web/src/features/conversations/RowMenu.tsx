/* The menu of one row: by the right button, by the menu key or Shift F10, by a long press. It acts on the row, or on all chosen ones when the row is among
 * them, and opens nothing. */
import { AlarmClock, SquareCheckBig } from "lucide-react";
import { useMemo, useRef } from "react";
import type { Action, Scope } from "../../actions/action";
import { actions } from "../../actions/list";
import { readOnlyWords } from "../../actions/mayAct";
import { wantRow } from "../../actions/rowFocus";
import { snooze } from "../../actions/steer";
import { tomorrowMorning } from "../../actions/sweep";
import type { Id } from "../../api/types";
import { fullMoment } from "../../ui/format";
import { shownKey } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";
import type { MenuItem } from "../../ui/Menu";
import MenuContent from "../../ui/MenuContent";
import { contactName } from "./Row";
import { toggleRow } from "./selecting";
import { selection } from "./selection";

export interface RowPlace {
  id: Id;
  x: number;
  y: number;
}

const ITEMS = ["close", "snooze", "assign_me", "unread", "select", "spam", "trash"];

export default function RowMenu({ place, scope, onClose }: { place: RowPlace; scope: Scope; onClose: () => void }) {
  const row = scope.rows.find((one) => one.id === place.id);
  const about = useMemo(() => scopeOf(scope, place.id), [scope, place.id]);
  const anchor = useRef({
    getBoundingClientRect: () => new DOMRect(place.x, place.y, 0, 0),
    contains: () => false,
    focus: () => document.querySelector<HTMLElement>(`[data-row="${place.id}"]`)?.focus(),
  });
  if (!row || !about) return null;
  const toMorning = tomorrowMorning(new Date());
  const own: Record<string, MenuItem> = {
    snooze: {
      id: "snooze",
      label: t("action.snooze"),
      hint: t("snooze.until", { time: fullMoment(toMorning) }),
      icon: <AlarmClock />,
      run: () => snooze(about, toMorning),
    },
    select: {
      id: "select",
      label: t("action.select"),
      icon: <SquareCheckBig />,
      startsGroup: true,
      run: () => toggleRow(row.id),
    },
  };
  const canSnooze = readOnlyWords(about) === null;
  const items = ITEMS.flatMap((name) => (name === "snooze" && !canSnooze ? [] : (own[name] ?? itemOf(name, about))));
  return (
    <MenuContent
      anchor={anchor}
      label={t("row.menu", { name: contactName(row) })}
      items={items}
      align="start"
      side="bottom"
      onClose={onClose}
    />
  );
}

function itemOf(name: string, scope: Scope): MenuItem[] {
  const action = actions.find((one): one is Action => one.name === name && one.when(scope));
  const Icon = action?.icon?.(scope);
  if (!action) return [];
  return [
    {
      id: name,
      label: t(action.label(scope.conversation)),
      icon: Icon ? <Icon /> : undefined,
      keys: shownKey(action),
      run: () => action.run(scope),
    },
  ];
}

/** As if the row were the open one, but that the thread beside it stays as it is. */
function scopeOf(scope: Scope, id: Id): Scope | null {
  const row = scope.rows.find((one) => one.id === id);
  if (!row) return null;
  const isAlone = !selection.get().ids.has(id);
  if (scope.conversation?.id === id) return { ...scope, isAlone };
  return { ...scope, isAlone, conversation: row, open: (next, focus) => focus === "row" && next && wantRow(next) };
}
