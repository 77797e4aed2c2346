/* On a connection's page, under Automation: the switch, and the panel "Edit ticket". Both hold when they are saved, for tickets made afterwards. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Problem } from "../../api/client";
import { keys } from "../../api/queries";
import type { ChannelAccount, TicketDefaults } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { sentence } from "../../ui/States";
import { toast } from "../../ui/toasts";
import { DefaultsInWords } from "./DefaultsInWords";
import { TicketFields } from "./TicketFields";
import { keepTicketDefaults, ticketDefaultsQuery } from "./tickets";

export default function TicketPanel({ account }: { account: ChannelAccount }) {
  const kept = useQuery(ticketDefaultsQuery(account.id));
  if (!kept.data)
    return <Loading query={kept} queryKey={ticketDefaultsQuery(account.id).queryKey} rows={2} shape="line" />;
  return <Panel account={account} kept={kept.data} />;
}

function Panel({ account, kept }: { account: ChannelAccount; kept: TicketDefaults }) {
  const client = useQueryClient();
  const [isOn, setOn] = useState<boolean | null>(null);
  const [isEditing, setEditing] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const isChanged = isOn !== null && isOn !== kept.is_on;
  const save = async (wanted: TicketDefaults, before = kept) => {
    setBusy(true);
    setProblem(null);
    try {
      client.setQueryData(keys.ticketDefaults(account.id), await keepTicketDefaults(account.id, wanted));
      setOn(null);
      setEditing(false);
      toast(t("toast.saved"), () => void save(before, wanted));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save({ ...kept, is_on: isOn ?? kept.is_on });
  };
  return (
    <>
      <h2>{t("tickets.title")}</h2>
      <form className="fields" aria-label={t("tickets.title")} onSubmit={submit}>
        <Switch
          label={t("tickets.treat")}
          hint={t("tickets.treat_hint")}
          checked={isOn ?? kept.is_on}
          onChange={(event) => setOn(event.target.checked)}
        />
        {(isOn ?? kept.is_on) ? (
          <p className="row">
            <span className="grow soft">
              <DefaultsInWords kept={kept} />
            </span>
            <Button size="s" icon={<Pencil />} onClick={() => setEditing(true)}>
              {t("tickets.edit")}
            </Button>
          </p>
        ) : null}
        <p className="hint">
          {t("tickets.for_all")}{" "}
          <Link className="link" to="/settings/$section" params={{ section: "tickets" }}>
            {t("tickets.for_all_link")}
          </Link>
        </p>
        {problem && !isEditing ? (
          <p className="hint error" role="alert">
            {sentence(problem)}
          </p>
        ) : null}
        {isChanged ? (
          <p className="row">
            <Button type="submit" look="primary" isBusy={isBusy}>
              {t("common.save")}
            </Button>
            <span className="muted small-text" role="status">
              {t("routing.not_saved")}
            </span>
          </p>
        ) : null}
      </form>
      {isEditing ? (
        <EditDialog
          account={account}
          kept={kept}
          problem={problem}
          isBusy={isBusy}
          onClose={() => {
            setProblem(null);
            setEditing(false);
          }}
          onSave={(wanted) => void save({ ...wanted, is_on: isOn ?? kept.is_on })}
        />
      ) : null}
    </>
  );
}

interface EditProps {
  account: ChannelAccount;
  kept: TicketDefaults;
  problem: unknown;
  isBusy: boolean;
  onClose: () => void;
  onSave: (wanted: TicketDefaults) => void;
}

function EditDialog({ account, kept, problem, isBusy, onClose, onSave }: EditProps) {
  const [value, setValue] = useState(kept);
  const at = problem instanceof Problem ? problem.field : undefined;
  return (
    <Dialog title={t("tickets.edit")} onClose={onClose} isWide>
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          onSave(value);
        }}
      >
        <p className="soft">{t("tickets.edit_text")}</p>
        <TicketFields
          account={account}
          value={value}
          onChange={(part) => setValue((old) => ({ ...old, ...part }))}
          problem={at ? { field: at, text: sentence(problem) } : null}
        />
        {problem && !at ? (
          <p className="hint error" role="alert">
            {sentence(problem)}
          </p>
        ) : null}
        <p className="row">
          <Button type="submit" look="primary" isBusy={isBusy}>
            {t("common.save")}
          </Button>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
        </p>
      </form>
    </Dialog>
  );
}
