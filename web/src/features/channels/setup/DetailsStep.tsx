/* Step 2: what customers see; beside it a real reply, as it would leave now. */
import type { ReactNode } from "react";
import type { Channel, ChannelAccount } from "../../../api/types";
import { t } from "../../../ui/i18n";
import { ConfigForm } from "../ConfigForm";
import { ReplyPreview } from "../ReplyPreview";
import type { FormField, Value, Values } from "../schema";

interface Props {
  channel: Channel;
  account: ChannelAccount;
  fields: FormField[];
  values: Values;
  /** What is typed, as it would be sent. */
  all: Values;
  change: (field: string, value: Value) => void;
  problem: { field: string; text: string } | null;
  /** What stands below the preview. */
  beside?: ReactNode;
}

export function DetailsStep({ channel, account, fields, values, all, change, problem, beside }: Props) {
  return (
    <>
      <section className="fields">
        <div>
          <h2>{t("setup_step.details_title")}</h2>
          <p className="soft">{t("setup_step.details_text")}</p>
        </div>
        <ConfigForm fields={fields} values={values} onChange={change} problem={problem} hasSecrets account={account} />
      </section>
      <aside aria-label={t("reply_preview.title")}>
        {channel.can_preview ? <ReplyPreview account={account} config={all} /> : null}
        {beside}
      </aside>
    </>
  );
}
