/* The step of a set-up that says who gets what comes in (picture 03c). Going on keeps it; beside it what it does. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { put } from "../../api/client";
import { keys } from "../../api/queries";
import type { AssignmentRule, ChannelAccount, RuleDraft } from "../../api/types";
import { t } from "../../ui/i18n";
import { Preview } from "./Preview";
import { RuleFields } from "./RuleFields";
import { ruleQuery, useUnsavedRule } from "./routing";
import "./routing.css";
import { Loading } from "../../ui/Loading";
import { type StepState, useStepState } from "../channels/setup/stepState";
import { Overtaken } from "../unsaved/SaveLine";

interface Props {
  account: ChannelAccount;
  /** Something else was chosen. */
  onChange: () => void;
  /** What stands below the preview. */
  beside: ReactNode;
  /** Before its form stands there is nothing that a button could send. */
  onState: (state: StepState) => void;
  /** The form was sent; `keep` stores what was chosen. */
  onSubmit: (keep: () => Promise<void>) => void;
}

export default function AssignmentStep(props: Props) {
  const kept = useQuery(ruleQuery(props.account.id));
  useStepState(kept, props.onState);
  if (!kept.data) return <Loading query={kept} queryKey={ruleQuery(props.account.id).queryKey} rows={4} shape="line" />;
  return <Step {...props} kept={kept.data} />;
}

function Step({ account, onChange, beside, onSubmit, kept }: Props & { kept: AssignmentRule }) {
  const client = useQueryClient();
  const unsaved = useUnsavedRule(account.id, kept);
  const rule = unsaved.value;
  const change = (part: Partial<RuleDraft>) => {
    onChange();
    unsaved.change({ ...rule, ...part });
  };
  const keep = async () => {
    if (!unsaved.isChanged) return;
    const saved = await put<AssignmentRule>(`/api/channel-accounts/${account.id}/assignment`, rule);
    client.setQueryData(keys.rule(account.id), saved);
    unsaved.saved(rule);
  };
  return (
    <form
      className="wizardbody routing"
      id="setup"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(keep);
      }}
    >
      <section className="fields">
        <div>
          <h2>{t("setup_step.assignment_title")}</h2>
          <p className="soft">{t("setup_step.assignment_text")}</p>
        </div>
        {unsaved.isOvertaken ? <Overtaken /> : null}
        <RuleFields account={account} saved={kept} rule={rule} onChange={change} />
      </section>
      <aside aria-label={t("routing.preview")}>
        <Preview account={account} rule={rule} />
        {beside}
      </aside>
    </form>
  );
}
