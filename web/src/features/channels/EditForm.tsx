/* The settings of a connection, with a real reply beside them as it would leave with what is typed. Another way to connect may need
 * signing in at its provider: then that stands in the place of saving. */
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { patch } from "../../api/client";
import { keys } from "../../api/queries";
import type { ChannelAccount } from "../../api/types";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toast } from "../../ui/toasts";
import { useChannel } from "./ChannelBadge";
import { ConfigForm } from "./ConfigForm";
import { fieldAt } from "./fieldAt";
import { ReplyPreview } from "./ReplyPreview";
import { SignInSteps } from "./SignInSteps";
import { configOf, fieldsOf, type Values } from "./schema";
import { otherSignIn, useSignIn } from "./signIn";
import "./edit.css";

export function EditForm({ account, onSaved }: { account: ChannelAccount; onSaved: () => Promise<void> }) {
  const client = useQueryClient();
  const channel = useChannel(account.kind);
  const fields = useMemo(() => {
    const all = channel ? fieldsOf(channel.config_schema) : [];
    return account.is_fallback ? all.filter((field) => field.step === "details") : all;
  }, [channel, account.is_fallback]);
  const [name, setName] = useState(account.name);
  const [values, setValues] = useState<Values>({ ...(account.config as Values) });
  const [accepts, setAccepts] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const signIn = channel && !account.is_fallback ? otherSignIn(channel, account, values) : undefined;
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
  }, setProblem);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    if (signIn)
      return void begin({ provider: signIn.provider, channel_account_id: account.id, config, accepts_terms: accepts });
    setBusy(true);
    try {
      await patch(where, { name: name.trim(), config });
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
        <Field
          label={t("field.channel_name")}
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <ConfigForm
          fields={fields}
          values={{ ...Object.fromEntries(fields.map((field) => [field.name, field.initial])), ...values }}
          onChange={(field, value) => setValues((old) => ({ ...old, [field]: value }))}
          problem={at ? { field: at, text: sentence(problem) } : null}
          hasSecrets
          account={account}
        />
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
        {signIn ? null : (
          <p>
            <Button type="submit" look="primary" isBusy={isBusy}>
              {t("common.save")}
            </Button>
          </p>
        )}
      </form>
      {channel?.can_preview ? (
        <aside aria-label={t("reply_preview.title")}>
          <ReplyPreview account={account} config={config} />
        </aside>
      ) : null}
    </div>
  );
}
