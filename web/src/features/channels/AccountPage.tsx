import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { type FormEvent, lazy, Suspense, useMemo, useState } from "react";
import { Problem, patch } from "../../api/client";
import { keys, sessionQuery } from "../../api/queries";
import type { ChannelAccount } from "../../api/types";
import { Button } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { Field } from "../../ui/Field";
import { type MessageId, t, withWords } from "../../ui/i18n";
import { Skeleton, sentence } from "../../ui/States";
import { TabPanel, Tabs } from "../../ui/Tabs";
import { toast, toastError } from "../../ui/toasts";
import { useMay } from "../people/people";
import { ChannelBadge, useChannel } from "./ChannelBadge";
import { ConfigForm } from "./ConfigForm";
import { ConnectionPanel } from "./ConnectionPanel";
import { DisconnectDialog } from "./DisconnectDialog";
import { HealthLine } from "./HealthLine";
import { LedgerCard } from "./LedgerCard";
import { Owner } from "./Owner";
import { Waiting } from "./SignInSteps";
import { configOf, fieldsOf, type Values } from "./schema";
import { setActive } from "./setActive";
import { signInFor, useSignIn } from "./signIn";

const TicketPanel = lazy(withWords(() => import("../tickets/TicketPanel")));
const Automation = lazy(withWords(() => import("../routing/Automation")));

const TABS: { id: string; label: MessageId }[] = [
  { id: "configuration", label: "channels.configuration" },
  { id: "automation", label: "channels.automation" },
];

/** One channel account. How it is set up, and what is done by itself with what comes over it, stand apart, each with an address of its own. */
export function AccountPage({ account }: { account: ChannelAccount }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { tab } = useParams({ strict: false });
  const mayRule = useMay("account_access");
  const hasTickets = useQuery(sessionQuery).data?.account.inbox_ticketing;
  const channel = useChannel(account.kind);
  const current = tab === "automation" && mayRule ? "automation" : "configuration";
  // What was opened once stays, with what is half changed in it.
  const [isOpened, setOpened] = useState(false);
  if (current === "automation" && !isOpened) setOpened(true);
  const go = (to: string) =>
    void navigate({
      to: "/settings/$section/$item/$tab",
      params: { section: "channels", item: account.id, tab: to },
      replace: true,
    });
  const refresh = () => client.invalidateQueries({ queryKey: keys.channelAccounts });
  return (
    <>
      <div className="pagehead">
        {channel ? <ChannelBadge channel={channel} size={32} /> : null}
        <div>
          <h1>{account.name}</h1>
          <p className="soft">{account.address}</p>
          <Owner account={account} />
        </div>
        <Button onClick={() => void setActive(client, account, !account.is_active)}>
          {account.is_active ? t("channels.pause") : t("channels.resume")}
        </Button>
      </div>
      {mayRule ? (
        <Tabs
          label={t("channels.tabs")}
          name="channel"
          current={current}
          tabs={TABS.map(({ id, label }) => ({ id, label: t(label) }))}
          onTab={go}
        />
      ) : null}
      <TabPanel name="channel" id="configuration" current={current}>
        <Configuration account={account} onChanged={refresh} />
      </TabPanel>
      <TabPanel name="channel" id="automation" current={current}>
        {isOpened ? (
          <Suspense fallback={<Skeleton rows={4} shape="line" />}>
            <Automation account={account} />
            {hasTickets ? <TicketPanel account={account} /> : null}
          </Suspense>
        ) : null}
      </TabPanel>
    </>
  );
}

/** Health, its address with us, what it holds, its settings, and the end of it. */
function Configuration({ account, onChanged }: { account: ChannelAccount; onChanged: () => Promise<void> }) {
  return (
    <div className="narrow">
      <h2>{t("channels.health")}</h2>
      <HealthLine account={account} />
      <SignInAgain account={account} onDone={onChanged} />
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
      <EditForm account={account} onSaved={onChanged} />
      <Delete account={account} />
    </div>
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
    <p className="fields">
      <Button
        look={account.health.state === "broken" ? "primary" : "plain"}
        onClick={() => void begin({ provider: signIn.provider, channel_account_id: account.id, accepts_terms: true })}
      >
        {t("connect.sign_in_again")}
      </Button>
    </p>
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
        account={account}
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
