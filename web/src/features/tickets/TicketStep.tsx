/* The last step of a set-up (picture 03d): are its conversations tickets, and what do those begin with? Beside it a ticket as it would be. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Problem } from "../../api/client";
import { keys, usersQuery } from "../../api/queries";
import type { Channel, ChannelAccount, TicketDefaults } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { sentence } from "../../ui/States";
import { ChannelBadge } from "../channels/ChannelBadge";
import { type StepState, useStepState } from "../channels/setup/stepState";
import { Overtaken } from "../unsaved/SaveLine";
import { TicketFields, useUnsavedTickets } from "./TicketFields";
import { sampleName } from "./TicketName";
import { keepTicketDefaults, nameOf, PRIORITIES, pipelinesQuery, ticketDefaultsQuery } from "./tickets";
import "./tickets.css";

interface Props {
  channel: Channel;
  account: ChannelAccount;
  problem: unknown;
  /** What stands below the sample. */
  beside: ReactNode;
  /** Before its form stands there is nothing that a button could send. */
  onState: (state: StepState) => void;
  /** The form was sent; `keep` stores what was chosen. */
  onSubmit: (keep: () => Promise<void>) => void;
}

export default function TicketStep(props: Props) {
  const kept = useQuery(ticketDefaultsQuery(props.account.id));
  useStepState(kept, props.onState);
  if (!kept.data)
    return <Loading query={kept} queryKey={ticketDefaultsQuery(props.account.id).queryKey} rows={4} shape="line" />;
  return <Step {...props} kept={kept.data} />;
}

function Step({ channel, account, problem, beside, onSubmit, kept }: Props & { kept: TicketDefaults }) {
  const client = useQueryClient();
  const unsaved = useUnsavedTickets(account.id, kept);
  const { value } = unsaved;
  const change = (part: Partial<TicketDefaults>) => unsaved.change({ ...value, ...part });
  const keep = async () => {
    if (!unsaved.isChanged) return;
    client.setQueryData(keys.ticketDefaults(account.id), await keepTicketDefaults(account.id, value));
    unsaved.saved(value);
  };
  const at = problem instanceof Problem ? problem.field : undefined;
  return (
    <form
      className="wizardbody"
      id="setup"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(keep);
      }}
    >
      <section className="fields">
        <div>
          <h2>{t("tickets.step_title")}</h2>
          <p className="soft">{t("tickets.step_text")}</p>
        </div>
        {unsaved.isOvertaken ? <Overtaken /> : null}
        <Switch
          label={t("tickets.treat")}
          hint={t("tickets.treat_hint")}
          checked={value.is_on}
          onChange={(event) => change({ is_on: event.target.checked })}
        />
        {value.is_on ? (
          <TicketFields
            account={account}
            value={value}
            onChange={change}
            problem={at ? { field: at, text: sentence(problem) } : null}
          />
        ) : null}
      </section>
      <aside aria-label={t("tickets.preview")}>
        {value.is_on ? (
          <Sample channel={channel} account={account} value={value} />
        ) : (
          <p className="soft">{t("tickets.without")}</p>
        )}
        {beside}
      </aside>
    </form>
  );
}

function Sample({ channel, account, value }: Pick<Props, "channel" | "account"> & { value: TicketDefaults }) {
  const pipeline = useQuery(pipelinesQuery).data?.find((one) => one.id === value.pipeline_id);
  const stage = pipeline?.stages.find((one) => one.id === value.stage_id);
  const owner = useQuery(usersQuery).data?.find((one) => one.id === value.owner_id);
  return (
    <>
      <h3>{t("tickets.preview")}</h3>
      <div className="card newticket">
        <p className="row">
          {stage ? <span className={`chip s ${stage.state === "closed" ? "" : "info"}`}>{nameOf(stage)}</span> : null}
          <span className="small-text muted cut">{pipeline ? nameOf(pipeline) : ""}</span>
        </p>
        <p className="strong">{sampleName(value.name, account.name)}</p>
        <p className="row soft">
          <ChannelBadge channel={channel} />
          <span className="grow cut">{t("tickets.sample_contact")}</span>
          {value.priority ? <span>{t(PRIORITIES[value.priority])}</span> : null}
          {owner ? <Avatar name={owner.name} seed={owner.id} size={20} title={owner.name} /> : null}
        </p>
      </div>
      <p className="hint">{t(owner ? "tickets.owner_is" : "tickets.owner_follows", { name: owner?.name ?? "" })}</p>
    </>
  );
}
