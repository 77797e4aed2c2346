/* The settings of a connection, with a real reply beside them as it would leave with what is typed. Another way to connect may need
 * signing in at its provider: then that stands in the place of saving. */
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { patch } from "../../api/client";
import { channelAccountQuery, keys } from "../../api/queries";
import type { Channel, ChannelAccount } from "../../api/types";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { Skeleton, sentence } from "../../ui/States";
import { toast } from "../../ui/toasts";
import { SaveLine } from "../unsaved/SaveLine";
import { useChannel } from "./ChannelBadge";
import { ConfigForm } from "./ConfigForm";
import { fieldAt } from "./fieldAt";
import { ReplyPreview } from "./ReplyPreview";
import { SignInSteps } from "./SignInSteps";
import { configOf, fieldsOf } from "./schema";
import { otherSignIn, useSignIn } from "./signIn";
import { useTypedConfig } from "./typedConfig";
import "./edit.css";

interface Props {
  account: ChannelAccount;
  onSaved: () => Promise<void>;
}

export function EditForm(props: Props) {
  const channel = useChannel(props.account.kind);
  return channel ? <Form {...props} channel={channel} /> : <Skeleton rows={4} shape="line" />;
}

function Form({ account, channel, onSaved }: Props & { channel: Channel }) {
  const client = useQueryClient();
  const fields = useMemo(() => {
    const all = fieldsOf(channel.config_schema);
    return account.is_fallback ? all.filter((field) => field.step === "details") : all;
  }, [channel, account.is_fallback]);
  const typed = useTypedConfig(account, fields);
  const { name, values } = typed;
  const [accepts, setAccepts] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const signIn = account.is_fallback ? undefined : otherSignIn(channel, account, values);
  const at = fieldAt(problem, fields);
  const config = configOf(fields, values, true);
  const where = `/api/channel-accounts/${account.id}`;
  const saved = async () => {
    await client.invalidateQueries({ queryKey: keys.fromAddresses(account.id) });
    await onSaved();
    toast(t("toast.saved"));
  };
  const { begin, waiting, cancel } = useSignIn(async () => {
    if (name.trim() !== account.name) await patch(where, { name: name.trim() });
    await saved();
    typed.discard();
  }, setProblem);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    if (signIn)
      return void begin({ provider: signIn.provider, channel_account_id: account.id, config, accepts_terms: accepts });
    setBusy(true);
    try {
      const now = await patch<ChannelAccount>(where, { name: name.trim(), config });
      client.setQueryData<ChannelAccount[]>(keys.channelAccounts, (held) =>
        held?.map((one) => (one.id === now.id ? now : one)),
      );
      client.setQueryData<ChannelAccount>(channelAccountQuery(now.id).queryKey, (held) => held && now);
      typed.saved();
      await saved();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const isBeside = at !== undefined && (at === "accepts_terms" || fields.some((field) => field.name === at));
  return (
    <div className="editform">
      <form className="fields" onSubmit={save}>
        <fieldset className="held" disabled={waiting !== null}>
          <Field
            label={t("field.channel_name")}
            maxLength={100}
            required
            value={name}
            onChange={(event) => typed.change({}, event.target.value)}
          />
          <ConfigForm
            fields={fields}
            values={{ ...Object.fromEntries(fields.map((field) => [field.name, field.initial])), ...values }}
            onChange={(field, value) => typed.change({ [field]: value })}
            lost={typed.lost}
            problem={at ? { field: at, text: sentence(problem) } : null}
            hasSecrets
            account={account}
          />
        </fieldset>
        {signIn ? (
          <SignInSteps
            signIn={signIn}
            accepts={accepts}
            onAccept={setAccepts}
            termsProblem={at === "accepts_terms" ? sentence(problem) : null}
            waiting={waiting}
            onCancel={cancel}
          />
        ) : null}
        {problem && !isBeside ? (
          <p className="hint error" role="alert">
            {sentence(problem)}
          </p>
        ) : null}
        <SaveLine unsaved={typed} isBusy={isBusy} isLasting={!signIn} label={signIn ? null : undefined} />
      </form>
      {channel.can_preview ? (
        <aside aria-label={t("reply_preview.title")}>
          <ReplyPreview account={account} config={config} />
        </aside>
      ) : null}
    </div>
  );
}
