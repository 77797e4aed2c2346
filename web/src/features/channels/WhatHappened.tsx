/* Why a connection does not work, since when, what waits for it, and what to do: for whoever is asked about it, also where somebody else mends it. */
import type { ChannelAccount } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { fullTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { inWords } from "../../ui/serverWords";
import "../contacts/context.css";

export function WhatHappened({ account, onClose }: { account: ChannelAccount; onClose: () => void }) {
  const { health, last_received_at: last, kept_count: kept } = account;
  const facts: [string, string][] = [
    [
      t("what_happened.why"),
      inWords(health.sentence) || t(health.state === "unreachable" ? "health.unreachable" : "health.broken"),
    ],
    [t("what_happened.since"), health.since ? fullTime(health.since) : ""],
    [t("what_happened.last"), last ? fullTime(last) : t("health.none_yet")],
    [t("what_happened.waits"), kept ? t("health.kept", { count: kept }) : t("what_happened.nothing_waits")],
    [
      t("what_happened.do"),
      inWords(health.action) || t(health.state === "unreachable" ? "radar.unreachable_do" : "radar.broken_do"),
    ],
  ];
  return (
    <Dialog title={t("what_happened.title", { name: account.name })} onClose={onClose}>
      <dl className="facts">
        {facts
          .filter(([, words]) => words)
          .map(([name, words]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{words}</dd>
            </div>
          ))}
      </dl>
    </Dialog>
  );
}
