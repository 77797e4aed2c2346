import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useMemo, useState } from "react";
import { Problem, patch, remove } from "../../api/client";
import { keys } from "../../api/queries";
import type { ChannelAccount } from "../../api/types";
import { Button } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { ChannelBadge, useChannel } from "./ChannelBadge";
import { ConfigForm } from "./ConfigForm";
import { HealthLine } from "./HealthLine";
import { LedgerCard } from "./LedgerCard";
import { configOf, fieldsOf, type Values } from "./schema";

/** One channel account: health, its address with us, what it holds, its settings, and pause or delete. */
export function AccountPage({ account }: { account: ChannelAccount }) {
  const client = useQueryClient();
  const channel = useChannel(account.kind);
  const refresh = () => client.invalidateQueries({ queryKey: keys.channelAccounts });
  const setActive = (is_active: boolean) =>
    patch(`/api/channel-accounts/${account.id}`, { is_active })
      .then(refresh)
      .catch((problem) => toastError(sentence(problem)));
  return (
    <div className="narrow">
      <div className="pagehead">
        {channel ? <ChannelBadge channel={channel} size={32} /> : null}
        <div>
          <h1>{account.name}</h1>
          <p className="soft">{account.address}</p>
        </div>
        <Button onClick={() => void setActive(!account.is_active)}>
          {account.is_active ? t("channels.pause") : t("channels.resume")}
        </Button>
      </div>
      <h2>{t("channels.health")}</h2>
      <HealthLine account={account} />
      {account.hosted_address ? (
        <div className="fields">
          <CopyField label={t("field.hosted_address")} value={account.hosted_address} hint={t("connect.hosted_hint")} />
        </div>
      ) : null}
      <LedgerCard accountId={account.id} />
      <h2>{t("channels.settings")}</h2>
      <EditForm account={account} onSaved={refresh} />
      <Delete account={account} />
    </div>
  );
}

function EditForm({ account, onSaved }: { account: ChannelAccount; onSaved: () => Promise<void> }) {
  const channel = useChannel(account.kind);
  const fields = useMemo(() => (channel ? fieldsOf(channel.config_schema) : []), [channel]);
  const [name, setName] = useState(account.name);
  const [values, setValues] = useState<Values>({ ...(account.config as Values) });
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const at = problem instanceof Problem ? problem.field?.split(".").pop() : undefined;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await patch(`/api/channel-accounts/${account.id}`, { name: name.trim(), config: configOf(fields, values, true) });
      await onSaved();
      toast(t("toast.saved"));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="fields" onSubmit={save}>
      <Field label={t("field.channel_name")} required value={name} onChange={(event) => setName(event.target.value)} />
      <ConfigForm
        fields={fields}
        values={{ ...Object.fromEntries(fields.map((field) => [field.name, field.initial])), ...values }}
        onChange={(field, value) => setValues((old) => ({ ...old, [field]: value }))}
        problem={at ? { field: at, text: sentence(problem) } : null}
        hasSecrets
      />
      {problem && !at ? (
        <p className="hint error" role="alert">
          {sentence(problem)}
        </p>
      ) : null}
      <p>
        <Button type="submit" look="primary" isBusy={isBusy}>
          {t("common.save")}
        </Button>
      </p>
    </form>
  );
}

/** Cannot be undone, so it is asked, by name. */
function Delete({ account }: { account: ChannelAccount }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const go = async () => {
    try {
      await remove(`/api/channel-accounts/${account.id}`);
      await client.invalidateQueries({ queryKey: keys.channelAccounts });
      void client.invalidateQueries({ queryKey: keys.views });
      void navigate({ to: "/settings/$section", params: { section: "channels" } });
    } catch (problem) {
      toastError(sentence(problem));
      setAsking(false);
    }
  };
  return (
    <>
      <h2>{t("channels.disconnect")}</h2>
      <p className="soft">{t("channels.disconnect_text")}</p>
      <p>
        <Button onClick={() => setAsking(true)}>{t("channels.disconnect")}</Button>
      </p>
      {isAsking ? (
        <Dialog title={t("channels.disconnect_ask", { name: account.name })} onClose={() => setAsking(false)}>
          <div className="fields">
            <p>{t("channels.disconnect_text")}</p>
            <p className="row">
              <Button look="danger" onClick={() => void go()}>
                {t("channels.disconnect")}
              </Button>
              <Button onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
            </p>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}
