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

export interface MembersProps {
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

export function Members(props: MembersProps) {
  const { label, hint, chosen, others, addLabel, isReadOnly, empty, onAdd, onRemove, onEarlier } = props;
  const id = useId();
  return (
    <div className="field" role="group" aria-labelledby={id}>
      <p className="label" id={id}>
        {label}
      </p>
      <div className="memberchips">
        {chosen.map((one, at) => (
          <MemberChip
            key={one.id}
            member={one}
            onRemove={isReadOnly ? undefined : () => onRemove(one.id)}
            onEarlier={onEarlier && at > 0 ? () => onEarlier(one.id) : undefined}
          />
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

interface ChipProps {
  member: Member;
  onRemove?: () => void;
  onEarlier?: () => void;
}

export function MemberChip({ member, onRemove, onEarlier }: ChipProps) {
  const { name, flaw, icon, hint } = member;
  return (
    <span className={`memberchip ${flaw ? "flawed" : ""}`}>
      {onEarlier ? (
        <button type="button" aria-label={t("routing.move_earlier", { name })} onClick={onEarlier}>
          <ChevronLeft />
        </button>
      ) : null}
      {flaw ? <CircleAlert /> : icon}
      <span className="cut" dir="auto" title={name}>
        {name}
      </span>
      {flaw || hint ? <span className="muted small-text">{flaw ?? hint}</span> : null}
      {onRemove ? (
        <button type="button" aria-label={t("people.remove", { name })} onClick={onRemove}>
          <X />
        </button>
      ) : null}
    </span>
  );
}
