import { CircleCheck } from "lucide-react";
import type { ChannelAccount } from "../../api/types";
import { Button } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { t } from "../../ui/i18n";
import { inWords } from "../../ui/serverWords";

/** What to do after connecting: where the channel asked for an address of ours, that address to copy. */
export function Connected({ account, onDone }: { account: ChannelAccount; onDone: () => void }) {
  return (
    <>
      <h1>{t("connect.done_title", { name: account.name })}</h1>
      <div className="fields">
        <p className="row soft">
          <CircleCheck />
          {inWords(account.health?.sentence ?? "") ||
            t("connect.done_text", { address: account.address || account.name })}
        </p>
        {account.hosted_address ? (
          <CopyField label={t("field.hosted_address")} value={account.hosted_address} hint={t("connect.hosted_hint")} />
        ) : null}
        <Button look="primary" size="l" className="wide" onClick={onDone}>
          {t("connect.to_inbox")}
        </Button>
      </div>
    </>
  );
}
