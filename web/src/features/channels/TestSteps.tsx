/* A test that goes out and has to come back, step by step as it happens. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleDashed, CircleX, LoaderCircle, Send } from "lucide-react";
import { useEffect, useState } from "react";
import { post } from "../../api/client";
import { channelTestsQuery, keys } from "../../api/queries";
import type { ChannelAccount, ChannelTest } from "../../api/types";
import { Button } from "../../ui/Button";
import { number, span } from "../../ui/format";
import { t } from "../../ui/i18n";
import { inWords } from "../../ui/serverWords";
import { toastError } from "../../ui/toasts";

const LOOK_MS = 1000;
/** After so long nobody looks at it by itself any more. */
const PATIENCE_MS = 15 * 60_000;
const SLOW_MS = 60_000;

export const isRunning = (test: ChannelTest | undefined) =>
  test !== undefined &&
  !test.problem &&
  !test.returned_at &&
  Date.now() - new Date(test.created_at).getTime() < PATIENCE_MS;

interface Props {
  account: ChannelAccount;
  /** Begins one by itself, when there was none yet. */
  startsItself?: boolean;
}

export function TestSteps({ account, startsItself }: Props) {
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const tests = useQuery({
    ...channelTestsQuery(account.id),
    refetchInterval: ({ state: { data } }) => (isRunning(data?.[0]) ? LOOK_MS : false),
  });
  const test = tests.data?.[0];
  const start = async () => {
    setBusy(true);
    try {
      await post(`/api/channel-accounts/${account.id}/tests`, {});
      await client.invalidateQueries({ queryKey: keys.channelTests(account.id) });
    } catch (problem) {
      toastError(problem);
    } finally {
      setBusy(false);
    }
  };
  const hasNone = tests.data?.length === 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is known that there was none
  useEffect(() => {
    if (hasNone && startsItself) void start();
  }, [hasNone]);
  return (
    <div className="teststeps" role="status">
      {test ? <Steps test={test} isHosted={account.hosted_address !== null} /> : null}
      <p className="row testrow">
        {account.is_active ? (
          <Button size="s" icon={<Send />} isBusy={isBusy || isRunning(test)} onClick={() => void start()}>
            {t(test && !isRunning(test) ? "test_step.again" : "channels.test")}
          </Button>
        ) : (
          <span className="hint">{t("test_step.paused")}</span>
        )}
        {test || !account.is_active ? null : (
          <span className="hint">{t("test_step.hint", { address: account.test_address ?? "" })}</span>
        )}
      </p>
    </div>
  );
}

function Steps({ test, isHosted }: { test: ChannelTest; isHosted: boolean }) {
  const { created_at, taken_at, sent_at, returned_at, problem } = test;
  const waited = Date.now() - new Date(sent_at ?? created_at).getTime();
  const waitingWords =
    waited < SLOW_MS ? t("test_step.usual") : t(isHosted ? "test_step.slow_hosted" : "test_step.slow");
  return (
    <ol className="card rowlist">
      <Step
        words={taken_at ? t("test_step.taken") : t("test_step.take")}
        hint={taken_at ? "" : t("test_step.take_hint")}
        from={created_at}
        to={taken_at}
        isNow={!taken_at}
      />
      <Step
        words={sent_at ? t("test_step.sent") : problem ? t("test_step.not_sent") : t("test_step.sending")}
        hint={inWords(problem) || t("test_step.to", { address: test.address })}
        from={taken_at}
        to={sent_at}
        isNow={taken_at !== null && !sent_at}
        hasFailed={problem !== ""}
      />
      <Step
        words={returned_at ? t("test_step.back") : t("test_step.wait")}
        hint={returned_at ? t("test_step.at", { where: test.arrived_at }) : sent_at ? waitingWords : ""}
        from={sent_at}
        to={returned_at}
        isNow={sent_at !== null && !returned_at}
      />
      <Step
        words={t("test_step.kept")}
        hint={inWords(test.note) || t("test_step.kept_hint")}
        from={returned_at}
        to={returned_at}
        isNow={false}
      />
    </ol>
  );
}

interface StepProps {
  words: string;
  hint: string;
  from: string | null;
  to: string | null;
  isNow: boolean;
  hasFailed?: boolean;
}

function Step({ words, hint, from, to, isNow, hasFailed }: StepProps) {
  const ms = from ? new Date(to ?? Date.now()).getTime() - new Date(from).getTime() : 0;
  const icon = hasFailed ? (
    <CircleX />
  ) : to ? (
    <CircleCheck />
  ) : isNow ? (
    <LoaderCircle className="spin" />
  ) : (
    <CircleDashed />
  );
  return (
    <li className={`health ${hasFailed ? "broken" : to ? "connected" : ""}`}>
      {icon}
      <div className="grow">
        <p className="mid">{words}</p>
        {hint ? <p className="small-text muted">{hint}</p> : null}
      </div>
      {from && (to || isNow) && !hasFailed && ms > 0 ? (
        <span className="count">
          {ms < 60_000 ? t("test_step.seconds", { s: number(Math.round(ms / 100) / 10) }) : span(ms)}
        </span>
      ) : null}
    </li>
  );
}
