/* Who gets the new conversations of a channel account: the rule on one side, what it does on the other. It is changed here, seen at work
 * beside it, and only then saved. Read next: RuleFields.tsx, Preview.tsx; in a set-up it is AssignmentStep.tsx. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { put } from "../../api/client";
import { keys, sessionQuery } from "../../api/queries";
import type { AssignmentRule, ChannelAccount, RuleDraft } from "../../api/types";
import { t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { SaveLine } from "../unsaved/SaveLine";
import { Preview } from "./Preview";
import { RuleFields } from "./RuleFields";
import { draftOf, ruleQuery, useUnsavedRule } from "./routing";
import "./routing.css";

export default function Automation({ account }: { account: ChannelAccount }) {
  const rule = useQuery(ruleQuery(account.id));
  const isOff = useQuery(sessionQuery).data?.account.switched_off.includes("automatic_assignment");
  if (isOff) return <p className="soft">{t("routing.switched_off")}</p>;
  if (!rule.data)
    return (
      <>
        <h2>{t("routing.title")}</h2>
        <Loading query={rule} queryKey={ruleQuery(account.id).queryKey} rows={4} shape="line" />
      </>
    );
  return <Editor account={account} saved={rule.data} />;
}

function Editor({ account, saved }: { account: ChannelAccount; saved: AssignmentRule }) {
  const client = useQueryClient();
  const unsaved = useUnsavedRule(account.id, saved);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const before = draftOf(saved);
  const rule = unsaved.value;
  const change = (part: Partial<RuleDraft>) => {
    setProblem(null);
    unsaved.change({ ...rule, ...part });
  };
  const store = async (wanted: RuleDraft) => {
    const answer = await put<AssignmentRule>(`/api/channel-accounts/${account.id}/assignment`, wanted);
    client.setQueryData(keys.rule(account.id), answer);
    unsaved.saved(wanted);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await store(rule);
      toast(
        t(rule.is_on ? "routing.saved" : "routing.saved_off", { name: account.name }),
        () => void store(before).catch((error) => toastError(error)),
      );
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="beside routing">
      <form className="fields" aria-label={t("routing.title")} onSubmit={save}>
        <RuleFields account={account} saved={saved} rule={rule} onChange={change} />
        {problem ? (
          <p className="hint error" role="alert">
            {problem}
          </p>
        ) : null}
        <SaveLine unsaved={unsaved} isBusy={isBusy} />
      </form>
      <aside aria-label={t("routing.preview")}>
        <Preview account={account} rule={rule} />
      </aside>
    </div>
  );
}
