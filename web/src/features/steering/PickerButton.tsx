/* A button with a picker below it. A key or a menu entry opens the same one (actions/pickers.ts). */
import { lazy, type ReactNode, Suspense } from "react";
import type { Scope } from "../../actions/action";
import { actions } from "../../actions/list";
import { closePicker, type PickerKind, type Place, pickers } from "../../actions/pickers";
import { KeepKeys } from "../../ui/EarlyKeys";
import { withKey } from "../../ui/hotkeys";
import { t, withWords } from "../../ui/i18n";
import { Popover } from "../../ui/Popover";
import { Skeleton } from "../../ui/States";
import { useStore } from "../../ui/store";

export const loadPickers = withWords(() => import("./Pickers"));
const Pickers = lazy(loadPickers);

interface Props {
  kind: PickerKind;
  at: Place;
  scope: Scope;
  /** What the button says to those who do not see it; else the action's own words. */
  label?: string;
  className: string;
  children: ReactNode;
}

export function PickerButton({ kind, at, scope, label, className, children }: Props) {
  const isOpen = useStore(pickers, (state) => state.kind === kind && state.at === at);
  const action = actions.find((one) => one.name === kind);
  const words = action ? t(action.label(null)) : "";
  const why = action?.whyNot?.(scope);
  // What only shows what can be done here goes; what shows how things are stays.
  if (why)
    return /icon/.test(className) ? null : (
      <span className={`${className} fixed`} title={why}>
        {children}
      </span>
    );
  return (
    <Popover
      label={words}
      name={label ?? words}
      title={action ? withKey(words, action) : words}
      className={className}
      trigger={children}
      isOpen={isOpen}
      onOpenChange={(open) => (open ? pickers.set({ kind, at }) : closePicker())}
    >
      {(close) => (
        <Suspense
          fallback={
            <div className="picker">
              <KeepKeys onEscape={close} />
              <Skeleton rows={5} shape="line" />
            </div>
          }
        >
          <Pickers kind={kind} scope={scope} close={close} />
        </Suspense>
      )}
    </Popover>
  );
}
