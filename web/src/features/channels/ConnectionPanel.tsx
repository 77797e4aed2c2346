/* Does it work? The address to forward to, what the provider wants confirmed, a test through both roads, and what the DNS has to say. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ExternalLink, MailCheck } from "lucide-react";
import { remove } from "../../api/client";
import { channelAccountsQuery, keys } from "../../api/queries";
import type { ChannelAccount } from "../../api/types";
import { Button } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { useNow } from "../../ui/clock";
import { timeInSentence } from "../../ui/format";
import { t } from "../../ui/i18n";
import { toastError } from "../../ui/toasts";
import { useChannel } from "./ChannelBadge";
import { Records } from "./Records";
import { TestSteps } from "./TestSteps";

interface Props {
  account: ChannelAccount;
  startsItself?: boolean;
}

export function ConnectionPanel({ account: given, startsItself }: Props) {
  // A set-up holds it as it was connected: what came since (a provider's confirmation) is in the list.
  const account = useQuery(channelAccountsQuery).data?.find((one) => one.id === given.id) ?? given;
  const channel = useChannel(account.kind);
  return (
    <>
      {account.hosted_address ? (
        <CopyField
          label={t(account.is_fallback ? "fallback.title" : "field.hosted_address")}
          value={account.hosted_address}
          hint={t(account.is_fallback ? "fallback.hint" : "connect.hosted_hint")}
        />
      ) : null}
      {account.confirmation ? <Confirmation account={account} /> : null}
      {account.test_address ? (
        <>
          <h3>{t("test_step.title")}</h3>
          <TestSteps account={account} startsItself={startsItself && !account.hosted_address} />
        </>
      ) : null}
      {channel?.can_check ? (
        <>
          <h3>{t("records.title")}</h3>
          <Records account={account} />
        </>
      ) : null}
    </>
  );
}

/** The provider's code, so that nobody has to look for the mail. Its link leads where a stranger may have written it: it shows where. */
function Confirmation({ account }: { account: ChannelAccount }) {
  const client = useQueryClient();
  const now = useNow();
  const confirmation = account.confirmation;
  if (!confirmation) return null;
  const done = async () => {
    try {
      await remove(`/api/channel-accounts/${account.id}/confirmation`);
      await client.invalidateQueries({ queryKey: keys.channelAccounts });
    } catch (problem) {
      toastError(problem);
    }
  };
  return (
    <section className="card confirmation fields" aria-label={t("confirmation.title")}>
      <p className="row strong">
        <MailCheck />
        {t("confirmation.title")}
      </p>
      <p className="small-text">
        {t("confirmation.text", { sender: confirmation.sender, when: timeInSentence(confirmation.at, now) })}
      </p>
      {confirmation.code ? <CopyField label={t("confirmation.code")} value={confirmation.code} /> : null}
      <p className="row">
        {/^https:\/\//.test(confirmation.link) ? (
          <a className="btn plain s" href={confirmation.link} target="_blank" rel="noopener noreferrer nofollow">
            <ExternalLink />
            {t("confirmation.open", { host: new URL(confirmation.link).host })}
          </a>
        ) : null}
        <Button size="s" look="ghost" onClick={() => void done()}>
          {t("confirmation.done")}
        </Button>
      </p>
    </section>
  );
}
