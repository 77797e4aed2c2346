/* Step 1: which inbox, and what the channel asks for to connect at all. Beside it the channel's own guide. */
import type { Channel, ChannelAccount, Id, Inbox, SignIn } from "../../../api/types";
import { Field, Select } from "../../../ui/Field";
import { t } from "../../../ui/i18n";
import { InboxAccess } from "../../settings/InboxAccess";
import { Overtaken } from "../../unsaved/SaveLine";
import { ConfigForm } from "../ConfigForm";
import { ConnectionPanel } from "../ConnectionPanel";
import { Guide } from "../Guide";
import { guideFor } from "../guideFor";
import { BackfillState } from "../LedgerCard";
import { SignInSteps } from "../SignInSteps";
import { configOf, type FormField, holds, type Value, type Values } from "../schema";
import { useSuggestions } from "../suggestions";
import { Trials, trialsOf } from "../Trials";
import type { Typed } from "./useDraftSaving";
import { WhichInbox, Whose } from "./WhereTo";

interface Props {
  channel: Channel;
  fields: FormField[];
  values: Values;
  change: (field: string, value: Value) => void;
  problem: { field: string; text: string } | null;
  typed: Typed;
  inboxes: Inbox[];
  onType: (part: Partial<Typed>) => void;
  account: ChannelAccount | null;
  /** Secrets that were typed and are not there any more. */
  lost: string[];
  /** Somebody has saved something else since. */
  isOvertaken: boolean;
  /** It has been sent, and is not connected yet: what was typed now would be in neither. */
  isConnecting: boolean;
  keptSecrets: string[];
  draftId: Id | null;
  signIn: SignIn | undefined;
  accepts: boolean;
  onAccept: (accepts: boolean) => void;
  waiting: { url: string } | null;
  onCancel: () => void;
}

const PAST_DAYS = [0, 7, 30, 90, 365];

export function AccountStep(props: Props) {
  const { channel, fields, values, change, problem, typed, inboxes, onType, account, signIn } = props;
  const suggesting = useSuggestions(channel, fields, values, (found) => onType({ config: { ...values, ...found } }));
  const trials = trialsOf(channel, values);
  return (
    <>
      <section className="fields">
        <div>
          <h2>{t("setup_step.account_title")}</h2>
          <p className="soft">{t("setup_step.account_text")}</p>
        </div>
        {props.isOvertaken ? <Overtaken /> : null}
        <fieldset className="held" disabled={props.waiting !== null || props.isConnecting}>
          <div className="two">
            <Field
              label={t("field.channel_name")}
              maxLength={100}
              required
              value={typed.name}
              error={problem?.field === "name" ? problem.text : null}
              onChange={(event) => onType({ name: event.target.value })}
            />
            {account ? null : (
              <WhichInbox
                typed={typed}
                inboxes={inboxes}
                onType={onType}
                problem={problem?.field === "inbox_id" ? problem.text : null}
                nameProblem={problem?.field === "new_inbox_name" ? problem.text : null}
              />
            )}
          </div>
          {account ? null : <Whose channel={channel} typed={typed} inboxes={inboxes} onType={onType} />}
          {!account && typed.new_inbox_name && !typed.is_personal ? (
            <InboxAccess
              inbox={{
                id: "new",
                access: typed.new_inbox_access,
                member_ids: typed.new_inbox_member_ids,
                team_ids: typed.new_inbox_team_ids,
              }}
              mayChange
              onChange={async ({ access, member_ids, team_ids }) =>
                onType({
                  ...(access ? { new_inbox_access: access } : {}),
                  ...(member_ids ? { new_inbox_member_ids: [...member_ids] } : {}),
                  ...(team_ids ? { new_inbox_team_ids: [...team_ids] } : {}),
                })
              }
            />
          ) : null}
          <ConfigForm
            fields={fields}
            values={values}
            onChange={change}
            problem={problem}
            {...(account ? {} : suggesting)}
            lost={props.lost}
            hasSecrets={account !== null || props.keptSecrets.length > 0}
          />
          {!account && channel.past_when && holds(channel.past_when, values) ? (
            <Select
              label={t("past.label")}
              hint={t("past.hint")}
              value={String(typed.past_days)}
              onChange={(event) => onType({ past_days: Number(event.target.value) })}
            >
              {PAST_DAYS.map((days) => (
                <option key={days} value={days}>
                  {t("past.days", { days })}
                </option>
              ))}
            </Select>
          ) : null}
        </fieldset>
        {signIn ? (
          <SignInSteps
            signIn={signIn}
            accepts={props.accepts}
            onAccept={props.onAccept}
            termsProblem={problem?.field === "accepts_terms" ? problem.text : null}
            waiting={props.waiting}
            onCancel={props.onCancel}
            hasOwnButton
          />
        ) : null}
      </section>
      {account ? (
        <aside aria-label={t("setup_step.check")}>
          <h3>{t("setup_step.check")}</h3>
          <ConnectionPanel account={account} startsItself />
          {channel.past_when ? <BackfillState accountId={account.id} /> : null}
        </aside>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <aside aria-label={t(trials.length ? "setup_step.check" : "connect.guide")} tabIndex={0}>
          {trials.length ? (
            <>
              <h3>{t("setup_step.check")}</h3>
              <Trials channel={channel} names={trials} config={configOf(fields, values)} draftId={props.draftId} />
            </>
          ) : null}
          <Guide text={guideFor(channel.guide, values)} />
        </aside>
      )}
    </>
  );
}
