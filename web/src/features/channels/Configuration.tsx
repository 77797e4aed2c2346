/* How one channel account is set up: health, its inbox, its address with us, what it holds, its settings, and the end of it. Read next: EditForm.tsx. */
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ChannelAccount } from "../../api/types";
import { Button } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";
import { useChannel } from "./ChannelBadge";
import { ConnectionPanel } from "./ConnectionPanel";
import { DisconnectDialog } from "./DisconnectDialog";
import { EditForm } from "./EditForm";
import { HealthLine } from "./HealthLine";
import { LedgerCard } from "./LedgerCard";
import { MoveInbox } from "./MoveInbox";
import { Waiting } from "./SignInSteps";
import type { Values } from "./schema";
import { signInFor, useSignIn } from "./signIn";
import "./setup/setup.css";

/** Of the address that we gave out for an inbox only what customers see changes. */
export function Configuration({ account, onChanged }: { account: ChannelAccount; onChanged: () => Promise<void> }) {
  return (
    <>
      <div className="narrow">
        <h2>{t("channels.health")}</h2>
        <HealthLine account={account} />
        {account.is_fallback ? null : <SignInAgain account={account} onDone={onChanged} />}
        <MoveInbox account={account} />
        <div className="fields">
          <ConnectionPanel account={account} />
        </div>
        {account.push_url ? (
          <div className="fields">
            <CopyField label={t("connect.push_url")} value={account.push_url} hint={t("connect.push_hint")} />
          </div>
        ) : null}
        <LedgerCard accountId={account.id} />
        <h2>{t("channels.settings")}</h2>
      </div>
      <EditForm account={account} onSaved={onChanged} />
      {account.is_fallback ? null : (
        <div className="narrow">
          <Delete account={account} />
        </div>
      )}
    </>
  );
}

/** Where access was given at the provider, it can be given anew there; what waited is sent then. */
function SignInAgain({ account, onDone }: { account: ChannelAccount; onDone: () => Promise<void> }) {
  const channel = useChannel(account.kind);
  const signIn = channel ? signInFor(channel, account.config as Values) : undefined;
  const { begin, waiting, cancel } = useSignIn(
    async () => {
      await onDone();
      toast(t("connect.signed_in_again"));
    },
    (problem) => toastError(problem),
  );
  if (!signIn || signIn.problem) return null;
  if (waiting) return <Waiting waiting={waiting} onCancel={cancel} />;
  return (
    <p className="block">
      <Button
        look={account.health.state === "broken" ? "primary" : "plain"}
        onClick={() => void begin({ provider: signIn.provider, channel_account_id: account.id, accepts_terms: true })}
      >
        {t("connect.sign_in_again")}
      </Button>
    </p>
  );
}

function Delete({ account }: { account: ChannelAccount }) {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <h2>{t("channels.disconnect")}</h2>
      <p className="soft">{t("channels.disconnect_text")}</p>
      <p>
        <Button onClick={() => setAsking(true)}>{t("channels.disconnect")}</Button>
      </p>
      {isAsking ? (
        <DisconnectDialog
          account={account}
          onClose={() => setAsking(false)}
          onDone={() => void navigate({ to: "/settings/$section", params: { section: "channels" } })}
        />
      ) : null}
    </>
  );
}
