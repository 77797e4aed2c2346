/* Whose what comes in is, and into which inbox it goes. */
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { sessionQuery } from "../../../api/queries";
import type { Channel, Inbox } from "../../../api/types";
import { Field, Select } from "../../../ui/Field";
import { t } from "../../../ui/i18n";
import type { Typed } from "./useDraftSaving";

interface Props {
  typed: Typed;
  inboxes: Inbox[];
  onType: (part: Partial<Typed>) => void;
  problem: string | null;
  /** With the name of the inbox that is to be made. */
  nameProblem: string | null;
}

const NEW = "new";

export function WhichInbox({ typed, inboxes, onType, problem, nameProblem }: Props) {
  const me = useQuery(sessionQuery).data?.user;
  const isNew = typed.new_inbox_name !== "";
  const offered = typed.is_personal ? inboxes.filter((one) => isOwn(one, me?.id)) : inboxes;
  return (
    <>
      <Select
        label={t("field.inbox")}
        error={problem}
        value={isNew ? NEW : (typed.inbox_id ?? "")}
        onChange={(event) =>
          event.target.value === NEW
            ? onType({ new_inbox_name: typed.name || " " })
            : onType({ inbox_id: event.target.value, new_inbox_name: "" })
        }
      >
        {offered.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
        <option value={NEW}>{t("setup_step.new_inbox")}</option>
      </Select>
      {isNew ? (
        <Field
          label={t("field.inbox_name")}
          hint={t(typed.is_personal ? "setup_step.new_inbox_hint_mine" : "setup_step.new_inbox_hint")}
          required
          value={typed.new_inbox_name}
          error={nameProblem}
          onChange={(event) => onType({ new_inbox_name: event.target.value || " " })}
        />
      ) : null}
    </>
  );
}

export function Whose({
  channel,
  typed,
  inboxes,
  onType,
}: Omit<Props, "problem" | "nameProblem"> & { channel: Channel }) {
  const id = useId();
  const me = useQuery(sessionQuery).data?.user;
  if (!channel.can_be_personal || !me) return null;
  const choose = (is_personal: boolean) => {
    const own = inboxes.filter((one) => isOwn(one, me.id));
    const others = inboxes.filter((one) => !own.includes(one));
    const first = (is_personal ? own : others)[0];
    onType({
      is_personal,
      inbox_id: first?.id ?? null,
      new_inbox_name: is_personal && !first ? t("setup_step.own_inbox", { name: me.name }) : "",
    });
  };
  return (
    <fieldset className="field">
      <legend className="label">{t("setup_step.whose")}</legend>
      <div className="ways">
        {[false, true].map((isMine) => (
          <label key={String(isMine)} className="pick">
            <input type="radio" name={id} checked={typed.is_personal === isMine} onChange={() => choose(isMine)} />
            <span className="grow">
              <span className="block mid">{t(isMine ? "setup_step.whose_mine" : "setup_step.whose_team")}</span>
              <span className="block small-text muted">
                {t(isMine ? "setup_step.whose_mine_hint" : "setup_step.whose_team_hint")}
              </span>
            </span>
          </label>
        ))}
      </div>
      <p className="hint">{t("setup_step.whose_later")}</p>
    </fieldset>
  );
}

/** Is this person its only member? The server decides; this only leaves out what it would refuse. */
const isOwn = (inbox: Inbox, me: string | undefined) =>
  inbox.access === "members" &&
  inbox.team_ids.length === 0 &&
  inbox.member_ids.length === 1 &&
  inbox.member_ids[0] === me;
