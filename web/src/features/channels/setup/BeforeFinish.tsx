/* On the last step: what the set-up has come to, what is still missing, and the way to each of it (picture 03d). Nothing here keeps anybody from finishing. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleDashed, LoaderCircle, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { post } from "../../../api/client";
import { channelChecksQuery, channelTestsQuery } from "../../../api/queries";
import type { Channel, ChannelAccount, ReplyPreview } from "../../../api/types";
import { useNow } from "../../../ui/clock";
import { ago } from "../../../ui/format";
import { t } from "../../../ui/i18n";
import { ruleQuery } from "../../routing/routing";
import type { Step } from "./Head";

const LOOK_MS = 2000;

interface Props {
  channel: Channel;
  account: ChannelAccount;
  steps: readonly Step[];
  onStep: (step: Step) => void;
}

export function BeforeFinish({ channel, account, steps, onStep }: Props) {
  return (
    <>
      <h3>{t("before_finish.title")}</h3>
      <ul className="card rowlist beforelist">
        {account.test_address ? <Tested account={account} onOpen={() => onStep("account")} /> : null}
        {channel.can_preview && steps.includes("details") ? (
          <SentAs account={account} onOpen={() => onStep("details")} />
        ) : null}
        {steps.includes("assignment") ? <Shared account={account} onOpen={() => onStep("assignment")} /> : null}
        {channel.can_check ? <Published account={account} onOpen={() => onStep("account")} /> : null}
      </ul>
      <p className="hint">{t("before_finish.hint")}</p>
    </>
  );
}

interface OneProps {
  account: ChannelAccount;
  onOpen: () => void;
}

function Tested({ account, onOpen }: OneProps) {
  const now = useNow();
  const test = useQuery({
    ...channelTestsQuery(account.id),
    refetchInterval: ({ state: { data } }) => (data?.[0]?.returned_at || data?.[0]?.problem ? false : LOOK_MS),
  });
  const last = test.data?.[0];
  if (!test.data) return null;
  if (last?.returned_at)
    return (
      <Line look="ok" words={t("before_finish.tested")}>
        <span className="hint">{t("before_finish.tested_at", { when: ago(last.returned_at, now) })}</span>
      </Line>
    );
  const words = last?.problem
    ? "before_finish.test_failed"
    : last
      ? "before_finish.test_under_way"
      : "before_finish.not_tested";
  return (
    <Line look={last && !last.problem ? "wait" : "missing"} words={t(words)}>
      <Way label={t("before_finish.to_test")} onOpen={onOpen} />
    </Line>
  );
}

function SentAs({ account, onOpen }: OneProps) {
  const sample = { subject: t("reply_preview.subject"), text: t("reply_preview.text"), config: {} };
  const shown = useQuery({
    queryKey: ["reply-preview", account.id, "kept", account.config],
    queryFn: () => post<ReplyPreview>(`/api/channel-accounts/${account.id}/preview`, sample),
  });
  if (!shown.data) return null;
  const { sender_name: name, sender_address: address } = shown.data;
  return (
    <Line
      look={name ? "ok" : "missing"}
      words={t(name ? "before_finish.sent_as" : "before_finish.no_name", { name, address })}
    >
      <Way label={t("before_finish.edit_name")} onOpen={onOpen} />
    </Line>
  );
}

function Shared({ account, onOpen }: OneProps) {
  const rule = useQuery(ruleQuery(account.id)).data;
  if (!rule) return null;
  const count = rule.targets.length;
  const words = !rule.is_on
    ? t("before_finish.unassigned")
    : rule.asks_owner
      ? t("before_finish.to_owner", { count })
      : t("before_finish.shared", { count });
  return (
    <Line look={rule.is_on ? "ok" : "open"} words={words}>
      <Way label={t("before_finish.edit_rule")} onOpen={onOpen} />
    </Line>
  );
}

function Published({ account, onOpen }: OneProps) {
  const checks = useQuery(channelChecksQuery(account.id)).data;
  if (!checks) return null;
  const missing = checks.filter((one) => one.state === "missing" || one.state === "wrong");
  if (!missing.length)
    return checks.some((one) => one.state === "ok") ? <Line look="ok" words={t("before_finish.records")} /> : null;
  return missing.map((one) => (
    <Line
      key={one.name}
      look="missing"
      words={t(one.state === "wrong" ? "records.wrong" : "records.missing", { name: one.name })}
    >
      <Way label={t("before_finish.show_record", { name: one.name })} onOpen={onOpen} />
    </Line>
  ));
}

const LOOKS = {
  ok: { icon: <CircleCheck />, health: "connected" },
  missing: { icon: <TriangleAlert />, health: "quiet" },
  wait: { icon: <LoaderCircle className="spin" />, health: "" },
  open: { icon: <CircleDashed />, health: "" },
};

function Line({ look, words, children }: { look: keyof typeof LOOKS; words: string; children?: ReactNode }) {
  return (
    <li className={`health ${LOOKS[look].health}`}>
      {LOOKS[look].icon}
      <span className="grow">{words}</span>
      {children}
    </li>
  );
}

function Way({ label, onOpen }: { label: string; onOpen: () => void }) {
  return (
    <button type="button" className="link" onClick={onOpen}>
      {label}
    </button>
  );
}
