/* Who gets the new conversations of a channel account: the rule on one side, what it does on the other. It is changed here, seen at work
 * beside it, and only then saved. Read next: Preview.tsx. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { put } from "../../api/client";
import { keys, sessionQuery } from "../../api/queries";
import type { AssignmentRule, ChannelAccount, RuleDraft } from "../../api/types";
import { Button } from "../../ui/Button";
import { Select, Switch } from "../../ui/Field";
import { type MessageId, t } from "../../ui/i18n";
import { Failed, Skeleton, sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { Preview } from "./Preview";
import { draftOf, isSame, ruleQuery } from "./routing";
import { Targets } from "./Targets";
import "./routing.css";

export default function Automation({ account }: { account: ChannelAccount }) {
  const rule = useQuery(ruleQuery(account.id));
  const isOff = useQuery(sessionQuery).data?.account.switched_off.includes("automatic_assignment");
  if (isOff) return <p className="soft">{t("routing.switched_off")}</p>;
  if (rule.isPending) return <Skeleton rows={4} shape="line" />;
  if (rule.isError) return <Failed error={rule.error} onRetry={() => void rule.refetch()} />;
  return <Editor account={account} saved={rule.data} />;
}

function Editor({ account, saved }: { account: ChannelAccount; saved: AssignmentRule }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<RuleDraft | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const before = draftOf(saved);
  const rule = draft ?? before;
  const isChanged = !isSame(rule, before);
  const change = (part: Partial<RuleDraft>) => {
    setProblem(null);
    setDraft({ ...rule, ...part });
  };
  const store = async (wanted: RuleDraft) => {
    const answer = await put<AssignmentRule>(`/api/channel-accounts/${account.id}/assignment`, wanted);
    client.setQueryData(keys.rule(account.id), answer);
    setDraft(null);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await store(rule);
      toast(
        t(rule.is_on ? "routing.saved" : "routing.saved_off", { name: account.name }),
        () => void store(before).catch((error) => toastError(sentence(error))),
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
        <Switch
          label={t("routing.assign")}
          hint={t("routing.assign_hint")}
          checked={rule.is_on}
          onChange={(event) => change({ is_on: event.target.checked })}
        />
        {rule.is_on ? <Choices account={account} saved={saved} rule={rule} onChange={change} /> : null}
        {problem ? (
          <p className="hint error" role="alert">
            {problem}
          </p>
        ) : null}
        {isChanged ? (
          <p className="row">
            <Button type="submit" look="primary" isBusy={isBusy}>
              {t("common.save")}
            </Button>
            <Button onClick={() => setDraft(null)}>{t("routing.discard")}</Button>
            <span className="muted small-text" role="status">
              {t("routing.not_saved")}
            </span>
          </p>
        ) : null}
      </form>
      <aside aria-label={t("routing.preview")}>
        <Preview account={account} rule={rule} />
      </aside>
    </div>
  );
}

type Way = RuleDraft["distribution"];

const WAYS: Record<Way, [name: MessageId, hint: MessageId]> = {
  random: ["routing.random", "routing.random_hint"],
  round_robin: ["routing.round_robin", "routing.round_robin_hint"],
  load_balanced: ["routing.load_balanced", "routing.load_balanced_hint"],
  first_available: ["routing.first_available", "routing.first_available_hint"],
};

interface ChoicesProps {
  account: ChannelAccount;
  saved: AssignmentRule;
  rule: RuleDraft;
  onChange: (part: Partial<RuleDraft>) => void;
}

function Choices({ account, saved, rule, onChange }: ChoicesProps) {
  // The first of the list is looked for among those who are there; and so is somebody for a live chat.
  const alwaysAsks = saved.is_live || (rule.distribution === "first_available" && !rule.asks_owner);
  return (
    <>
      <fieldset className="accesslist">
        <legend className="label">{t("routing.title")}</legend>
        {[false, true].map((asksOwner) => (
          <label key={String(asksOwner)} className="pick">
            <input
              type="radio"
              name={`who gets ${account.id}`}
              checked={rule.asks_owner === asksOwner}
              onChange={() => onChange({ asks_owner: asksOwner })}
            />
            <span className="grow">
              {t(asksOwner ? "routing.owner" : "routing.certain")}
              <span className="block small-text muted">
                {t(asksOwner ? "routing.owner_hint" : "routing.certain_hint")}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <Targets account={account} saved={saved} rule={rule} onChange={(targets) => onChange({ targets })} />
      {rule.targets.length ? (
        <Select
          label={t("routing.how")}
          hint={t(WAYS[rule.distribution][1])}
          value={rule.distribution}
          onChange={(event) => onChange({ distribution: event.target.value as Way })}
        >
          {Object.entries(WAYS).map(([way, [name]]) => (
            <option key={way} value={way}>
              {t(name)}
            </option>
          ))}
        </Select>
      ) : null}
      <label className="rulecheck">
        <input
          type="checkbox"
          checked={rule.only_available || alwaysAsks}
          disabled={alwaysAsks}
          onChange={(event) => onChange({ only_available: event.target.checked })}
        />
        <span className="grow">
          {t("routing.only_available")}
          <span className="block small-text muted">
            {t(
              saved.is_live
                ? "routing.live_hint"
                : rule.only_available || alwaysAsks
                  ? "routing.only_available_hint"
                  : "routing.also_away_hint",
            )}
          </span>
        </span>
      </label>
    </>
  );
}
