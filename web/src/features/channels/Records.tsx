/* What has to be published elsewhere so that others believe what leaves here (SPF, DKIM, DMARC), and the line to copy where it is missing. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleHelp, RotateCw, TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { channelChecksQuery } from "../../api/queries";
import type { ChannelAccount, ChannelCheck } from "../../api/types";
import { Button } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { inWords } from "../../ui/serverWords";

export function Records({ account }: { account: ChannelAccount }) {
  const checks = useQuery(channelChecksQuery(account.id));
  if (!checks.data)
    return <Loading query={checks} queryKey={channelChecksQuery(account.id).queryKey} rows={3} shape="row" />;
  return (
    <div className="records">
      <ul className="card rowlist">
        {checks.data.map((one) => (
          <Line key={one.name} check={one} />
        ))}
      </ul>
      <p className="row">
        <Button size="s" icon={<RotateCw />} isBusy={checks.isFetching} onClick={() => void checks.refetch()}>
          {t("records.again")}
        </Button>
        <span className="hint">{t("records.hint")}</span>
      </p>
    </div>
  );
}

function Line({ check }: { check: ChannelCheck }) {
  const words = {
    ok: t("records.ok", { name: check.name }),
    missing: t("records.missing", { name: check.name }),
    wrong: t("records.wrong", { name: check.name }),
    unknown: t("records.unknown", { name: check.name }),
  }[check.state];
  return <CheckLine check={check} words={words} sentence={inWords(check.sentence)} />;
}

interface CheckLineProps {
  check: ChannelCheck;
  /** What is so. */
  words: string;
  sentence: string;
  /** How long it took. */
  took?: ReactNode;
}

/** One thing that was looked at: how it is, and the record to publish where one lacks. */
export function CheckLine({ check, words, sentence, took }: CheckLineProps) {
  const [isOpen, setOpen] = useState(false);
  const isMissing = check.state === "missing" || check.state === "wrong";
  return (
    <li className={`health ${check.state === "ok" ? "connected" : isMissing ? "quiet" : ""}`}>
      {check.state === "ok" ? <CircleCheck /> : isMissing ? <TriangleAlert /> : <CircleHelp />}
      <div className="grow">
        <p className="mid">{words}</p>
        <p className="small-text muted">{sentence}</p>
      </div>
      {check.record_name ? (
        <Button
          size="s"
          aria-expanded={isOpen}
          aria-label={t("records.show_named", { name: check.name })}
          onClick={() => setOpen(!isOpen)}
        >
          {t("records.show")}
        </Button>
      ) : (
        took
      )}
      {isOpen ? (
        <div className="fields record">
          <CopyField label={t("records.name", { type: check.record_type })} value={check.record_name} />
          {check.record_value ? <CopyField label={t("records.value")} value={check.record_value} /> : null}
        </div>
      ) : null}
    </li>
  );
}
