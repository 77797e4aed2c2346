import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileDown } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Problem, post } from "../../api/client";
import { keys, ledgerQuery } from "../../api/queries";
import type { Id, Ledger } from "../../api/types";
import { Button } from "../../ui/Button";
import { day, number } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { toastError } from "../../ui/toasts";
import { WhenField } from "../../ui/WhenField";

const REFRESH_MS = 5000;

/** Asked again as long as older messages are being fetched. */
const followed = (accountId: Id) => ({
  ...ledgerQuery(accountId),
  refetchInterval: ({ state: { data } }: { state: { data: Ledger | undefined } }) =>
    !data?.backfill || data.backfill.state === "done" ? (false as const) : REFRESH_MS,
});

/** How far the fetching of older messages is, where somebody wished for it. */
export function BackfillState({ accountId }: { accountId: Id }) {
  const backfill = useQuery(followed(accountId)).data?.backfill;
  if (!backfill) return null;
  return (
    <p className="soft" role="status">
      {t(backfill.state === "done" ? "ledger.backfill_done" : "ledger.backfill_state", {
        day: day(backfill.since),
        done: number(backfill.done),
        total: backfill.total == null ? "…" : number(backfill.total),
      })}
    </p>
  );
}

/** What the provider holds beside what we have: so that a missing message shows as a number, not as a complaint (AHEAD 1). */
export function LedgerCard({ accountId }: { accountId: Id }) {
  const ledger = useQuery(followed(accountId));
  // A channel whose provider cannot be asked what it holds has no ledger.
  if (ledger.error instanceof Problem && ledger.error.status === 404) return null;
  return (
    <>
      <h2>{t("ledger.title")}</h2>
      {ledger.isPending ? <Skeleton rows={2} shape="line" /> : null}
      {ledger.isError ? <Failed error={ledger.error} onRetry={() => void ledger.refetch()} /> : null}
      {ledger.data ? <Numbers ledger={ledger.data} /> : null}
      {ledger.data ? (
        <a className="btn s plain" href={`/api/channel-accounts/${accountId}/ledger/file`} download>
          <FileDown className="mid" />
          {t("ledger.file")}
        </a>
      ) : null}
      {ledger.data && ledger.data.on_server !== null ? <Backfill accountId={accountId} /> : null}
    </>
  );
}

type Part = { name: MessageId; value: number; key: string };

function Numbers({ ledger }: { ledger: Ledger }) {
  const parts: Part[] = [
    { name: "ledger.stored", value: ledger.stored, key: "stored" },
    { name: "ledger.quarantined", value: ledger.quarantined, key: "quarantined" },
    ...(ledger.gap === null ? [] : [{ name: "ledger.gap" as const, value: ledger.gap, key: "gap" }]),
  ];
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  const words = parts.map((part) => `${t(part.name)}: ${number(part.value)}`).join(", ");
  return (
    <>
      <div className="plot" role="img" aria-label={words}>
        {total > 0
          ? parts
              .filter((part) => part.value > 0)
              .map((part) => <i key={part.key} className={part.key} style={{ flexGrow: part.value }} />)
          : null}
      </div>
      <dl className="numbers">
        {ledger.on_server === null ? null : (
          <div>
            <dt>{t("ledger.on_server")}</dt>
            <dd>{number(ledger.on_server)}</dd>
          </div>
        )}
        {parts.map((part) => (
          <div key={part.key}>
            <dt>
              <span className={`key ${part.key}`} />
              {t(part.name)}
            </dt>
            <dd>
              {part.key === "quarantined" && part.value > 0 ? (
                <Link to="/settings/$section" params={{ section: "quarantine" }}>
                  {number(part.value)}
                </Link>
              ) : (
                number(part.value)
              )}
            </dd>
          </div>
        ))}
        <div>
          <dt>{t("ledger.duplicates")}</dt>
          <dd>{number(ledger.duplicates)}</dd>
        </div>
      </dl>
    </>
  );
}

/** Fetches what is older, from a day on. */
function Backfill({ accountId }: { accountId: Id }) {
  const client = useQueryClient();
  const [since, setSince] = useState("");
  const start = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await post(`/api/channel-accounts/${accountId}/backfill`, { since });
      await client.invalidateQueries({ queryKey: keys.ledger(accountId) });
    } catch (problem) {
      toastError(problem);
    }
  };
  return (
    <>
      <BackfillState accountId={accountId} />
      <form className="inlineform" onSubmit={start}>
        <WhenField
          label={t("ledger.backfill_since")}
          day="past"
          required
          value={since}
          onChange={(day) => setSince(day ?? "")}
        />
        <Button type="submit">{t("ledger.backfill")}</Button>
      </form>
    </>
  );
}
