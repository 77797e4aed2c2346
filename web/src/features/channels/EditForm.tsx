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
import { useUnsaved } from "../unsaved/unsaved";
import { useChannel } from "./ChannelBadge";
import { ConfigForm } from "./ConfigForm";
import { fieldAt } from "./fieldAt";
import { ReplyPreview } from "./ReplyPreview";
import { SignInSteps } from "./SignInSteps";
import { configOf, fieldsOf, type Value, type Values } from "./schema";
import { otherSignIn, useSignIn } from "./signIn";
import "./edit.css";

interface Props {
  account: ChannelAccount;
  onSaved: () => Promise<void>;
}

export function EditForm(props: Props) {
  const channel = useChannel(props.account.kind);
  return channel ? <Form {...props} channel={channel} /> : <Skeleton rows={4} shape="line" />;
}

/** What is typed, but for secrets: of those only their names. */
interface Typed {
  name: string;
  config: Values;
  secrets: string[];
}

function Form({ account, channel, onSaved }: Props & { channel: Channel }) {
  const client = useQueryClient();
  const fields = useMemo(() => {
    const all = fieldsOf(channel.config_schema);
    return account.is_fallback ? all.filter((field) => field.step === "details") : all;
  }, [channel, account.is_fallback]);
  const isSecret = (name: string) => fields.some((field) => field.name === name && field.control === "password");
  const plain = fields.filter((field) => !isSecret(field.name));
  const stored = account.config as Values;
  const before: Typed = {
    name: account.name,
    config: Object.fromEntries(plain.map((field) => [field.name, stored[field.name] ?? field.initial])),
    secrets: [],
  };
  const like = { ...before, config: Object.fromEntries(plain.map((field) => [field.name, null])), secrets: [""] };
  const unsaved = useUnsaved(`channels/${account.id}/configuration`, before, like);
  const typed = unsaved.value;
  const { name } = typed;
  const [secrets, setSecrets] = useState<Values>({});
  const values = { ...stored, ...typed.config, ...secrets };
  const change = (field: string, value: Value) => {
    if (!isSecret(field)) {
      const saved = before.config[field] ?? null;
      const config = { ...typed.config, [field]: String(value) === String(saved) ? saved : value };
      return unsaved.change({ ...typed, config });
    }
    setSecrets({ ...secrets, [field]: value });
    const others = typed.secrets.filter((one) => one !== field);
    unsaved.change({ ...typed, secrets: value ? [...others, field] : others });
  };
  const [accepts, setAccepts] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const signIn = account.is_fallback ? undefined : otherSignIn(channel, account, values);
  const at = fieldAt(problem, fields);
  const config = configOf(fields, values, true);
  const where = `/api/channel-accounts/${account.id}`;
  const forget = () => {
    setSecrets({});
    return unsaved.discard();
  };
  const saved = async () => {
    await client.invalidateQueries({ queryKey: keys.fromAddresses(account.id) });
    await onSaved();
    toast(t("toast.saved"));
  };
  const { begin, waiting, cancel } = useSignIn(async () => {
    if (name.trim() !== account.name) await patch(where, { name: name.trim() });
    await saved();
    forget();
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
      setSecrets({});
      unsaved.saved(typed);
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
            onChange={(event) => unsaved.change({ ...typed, name: event.target.value })}
          />
          <ConfigForm
            fields={fields}
            values={{ ...Object.fromEntries(fields.map((field) => [field.name, field.initial])), ...values }}
            onChange={change}
            lost={typed.secrets.filter((one) => !secrets[one])}
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
        <SaveLine
          unsaved={{ ...unsaved, discard: forget }}
          isBusy={isBusy}
          isLasting={!signIn}
          label={signIn ? null : undefined}
        />
      </form>
      {channel.can_preview ? (
        <aside aria-label={t("reply_preview.title")}>
          <ReplyPreview account={account} config={config} />
        </aside>
      ) : null}
    </div>
  );
}
