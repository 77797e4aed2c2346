/* Step 2: what customers see; beside it a real reply, as it would leave now. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { channelAccountsQuery } from "../../../api/queries";
import type { Channel, ChannelAccount } from "../../../api/types";
import { t } from "../../../ui/i18n";
import { Overtaken } from "../../unsaved/SaveLine";
import { ConfigForm } from "../ConfigForm";
import { ReplyPreview } from "../ReplyPreview";
import type { FormField, Value, Values } from "../schema";

interface Props {
  channel: Channel;
  account: ChannelAccount;
  /** Somebody has saved something else since. */
  isOvertaken: boolean;
  fields: FormField[];
  values: Values;
  /** What the name that customers see begins with. */
  brand: string;
  /** What is typed, as it would be sent. */
  all: Values;
  change: (field: string, value: Value) => void;
  problem: { field: string; text: string } | null;
  /** What stands below the preview. */
  beside?: ReactNode;
}

export function DetailsStep(props: Props) {
  const { channel, account, fields, values, brand, all, change, problem, beside } = props;
  const named = problem ? undefined : fields.find((field) => field.brand === "name");
  return (
    <>
      <section className="fields">
        <div>
          <h2>{t("setup_step.details_title")}</h2>
          <p className="soft">{t("setup_step.details_text")}</p>
        </div>
        {props.isOvertaken ? <Overtaken /> : null}
        <ConfigForm
          fields={fields}
          values={values}
          onChange={change}
          problem={problem}
          notes={
            named
              ? { [named.name]: <SameName account={account} field={named.name} values={values} brand={brand} /> }
              : {}
          }
          hasSecrets
          account={account}
        />
      </section>
      <aside aria-label={t("reply_preview.title")}>
        {channel.can_preview ? <ReplyPreview account={account} config={all} /> : null}
        {beside}
      </aside>
    </>
  );
}

interface SameNameProps {
  account: ChannelAccount;
  field: string;
  values: Values;
  brand: string;
}

/** Another one goes out under this name, or under the one with which this would have begun (freeName.ts, R-142). */
function SameName({ account, field, values, brand }: SameNameProps) {
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const typed = String(values[field] ?? "").trim();
  const name = typed || brand;
  const other = accounts.find(
    (one) => one.kind === account.kind && one.id !== account.id && isSame((one.config as Values)[field], name),
  );
  if (!name || !other) return null;
  return (
    <p className="hint" role="status">
      {t(typed ? "setup_step.same_name" : "setup_step.name_taken", { name, other: other.address || other.name })}
    </p>
  );
}

const isSame = (one: Value | undefined, other: string) =>
  String(one ?? "").toLocaleLowerCase() === other.toLocaleLowerCase();
