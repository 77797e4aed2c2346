/* People or teams as chips, with a way to add one: members of a team, of an inbox, teams of a person. */
import { ChevronLeft, CircleAlert, Plus, X } from "lucide-react";
import { lazy, type ReactNode, Suspense, useId } from "react";
import { KeepKeys } from "../../ui/EarlyKeys";
import { t, withWords } from "../../ui/i18n";
import { Popover } from "../../ui/Popover";

const Picker = lazy(withWords(() => import("../../ui/Picker").then(({ Picker }) => ({ default: Picker }))));

export interface Member {
  id: string;
  name: string;
  icon?: ReactNode;
  /** Beside the name: invited, deactivated, an address. */
  hint?: string;
  /** For choosing: below the name. */
  detail?: string;
  /** What is wrong with it, in words. */
  flaw?: string;
}

interface Props {
  label: string;
  hint?: string;
  chosen: readonly Member[];
  /** Who can be added. */
  others: readonly Member[];
  addLabel: string;
  isReadOnly?: boolean;
  empty?: string;
  onAdd: (id: string) => void;
  onRemove: (id: string) => void;
  /** Given where the order counts: a place nearer to the beginning. */
  onEarlier?: (id: string) => void;
}

export function Members(props: Props) {
  const { label, hint, chosen, others, addLabel, isReadOnly, empty, onAdd, onRemove, onEarlier } = props;
  const id = useId();
  return (
    <div className="field" role="group" aria-labelledby={id}>
      <p className="label" id={id}>
        {label}
      </p>
      <div className="memberchips">
        {chosen.map((one, at) => (
          <span key={one.id} className={`memberchip ${one.flaw ? "flawed" : ""}`}>
            {onEarlier && at > 0 ? (
              <button
                type="button"
                aria-label={t("routing.move_earlier", { name: one.name })}
                onClick={() => onEarlier(one.id)}
              >
                <ChevronLeft />
              </button>
            ) : null}
            {one.flaw ? <CircleAlert /> : one.icon}
            <span className="cut" dir="auto">
              {one.name}
            </span>
            {one.flaw || one.hint ? <span className="muted small-text">{one.flaw ?? one.hint}</span> : null}
            {isReadOnly ? null : (
              <button
                type="button"
                aria-label={t("people.remove", { name: one.name })}
                onClick={() => onRemove(one.id)}
              >
                <X />
              </button>
            )}
          </span>
        ))}
        {chosen.length ? null : <span className="muted small-text">{empty ?? t("people.nobody")}</span>}
        {isReadOnly ? null : (
          <Popover
            label={addLabel}
            className="btn ghost s"
            trigger={
              <>
                <Plus />
                {addLabel}
              </>
            }
          >
            {(close) => (
              <Suspense fallback={<KeepKeys onEscape={close} />}>
                <Picker
                  label={addLabel}
                  placeholder={t("people.find")}
                  items={others.map(({ id, name, hint, detail, icon }) => ({ id, label: name, hint, detail, icon }))}
                  onChoose={(item) => {
                    close();
                    onAdd(item.id);
                  }}
                />
              </Suspense>
            )}
          </Popover>
        )}
      </div>
      {hint ? <p className="hint">{hint}</p> : null}
    </div>
  );
}
