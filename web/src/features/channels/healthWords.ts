/* How a connection is, in two lines: what is so, and since when or what to do. Pure. */
import type { ChannelAccount } from "../../api/types";
import { ago, nameList, span, timeInSentence } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";
import { inWords } from "../../ui/serverWords";

export function healthWords(account: ChannelAccount, inbox: string | undefined, now: Date): [string, string] {
  const { health, last_received_at: last, kept_count: count } = account;
  const lastWords = last ? t("health.last", { when: ago(last, now) }) : t("health.none_yet");
  const kept = count ? t("health.kept", { count }) : "";
  switch (health.state) {
    case "connected":
      return [
        last ? t("health.connected_last", { when: ago(last, now) }) : t("health.connected"),
        kept || recordWords(account) || (inbox ? t("health.lands_in", { inbox }) : ""),
      ];
    case "quiet":
      return [
        t("health.quiet_for", { span: span(last ? now.getTime() - new Date(last).getTime() : 0) }),
        [
          health.usual_s ? t("health.usual", { span: span(health.usual_s * 1000) }) : lastWords,
          account.test_address ? t("health.test_it") : "",
        ]
          .filter(Boolean)
          .join(" "),
      ];
    case "broken":
    case "unreachable":
      return [
        inWords(health.sentence) || t(health.state === "broken" ? "health.broken" : "health.unreachable"),
        [
          health.since ? t("health.since", { when: timeInSentence(health.since, now) }) : "",
          kept || inWords(health.action),
        ]
          .filter(Boolean)
          .join(" "),
      ];
    case "paused":
      return [
        inWords(health.sentence) || t("health.paused"),
        [
          health.since ? t("health.since", { when: timeInSentence(health.since, now) }) : "",
          count ? t("health.kept_paused", { count }) : "",
        ]
          .filter(Boolean)
          .join(" "),
      ];
    default:
      return [
        t("health.unfinished"),
        [
          t(last ? "health.receiving_works" : "health.nothing_yet"),
          missingRecords(account).length ? recordWords(account) : nextStep(account),
        ]
          .filter(Boolean)
          .join(" "),
      ];
  }
}

const missingRecords = ({ records }: ChannelAccount) =>
  (records ?? []).filter((one) => one.state === "missing" || one.state === "wrong").map((one) => one.name);

/** "SPF, DKIM and DMARC pass", or which of them others cannot find. */
function recordWords(account: ChannelAccount): string {
  const missing = missingRecords(account);
  if (missing.length) return t("health.records_missing", { names: nameList(missing), count: missing.length });
  const names = (account.records ?? []).filter((one) => one.state === "ok").map((one) => one.name);
  return names.length ? t("health.records_pass", { names: nameList(names), count: names.length }) : "";
}

/** Where its set-up goes on. */
function nextStep({ setup_step: step }: ChannelAccount): string {
  const name = step ? tOr(`setup_step.${step}`, "") : "";
  return name ? t("health.next_step", { step: name }) : "";
}
