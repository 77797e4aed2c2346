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
import { SaveLine } from "../unsaved/SaveLine";
import { DefaultsInWords } from "./DefaultsInWords";
import { TicketFields, useUnsavedTickets } from "./TicketFields";
import { keepTicketDefaults, ticketDefaultsQuery } from "./tickets";

export default function TicketPanel({ account }: { account: ChannelAccount }) {
  const kept = useQuery(ticketDefaultsQuery(account.id));
  return (
    <>
      <h2>{t("tickets.title")}</h2>
      {kept.data ? (
        <Panel account={account} kept={kept.data} />
      ) : (
        <Loading query={kept} queryKey={ticketDefaultsQuery(account.id).queryKey} rows={2} shape="line" />
      )}
    </>
  );
}

function Panel({ account, kept }: { account: ChannelAccount; kept: TicketDefaults }) {
  const client = useQueryClient();
  const unsaved = useUnsavedTickets(account.id, kept);
  const { value } = unsaved;
  /** As it stood when the dialog was opened. */
  const [editing, setEditing] = useState<TicketDefaults | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const save = async (wanted: TicketDefaults, before = kept) => {
    setBusy(true);
    setProblem(null);
    try {
      client.setQueryData(keys.ticketDefaults(account.id), await keepTicketDefaults(account.id, wanted));
      unsaved.saved(wanted);
      setEditing(null);
      toast(t("toast.saved"), () => void save(before, wanted));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save(value);
  };
  const close = () => {
    setProblem(null);
    setEditing(null);
  };
  return (
    <>
      <form className="fields" aria-label={t("tickets.title")} onSubmit={submit}>
        <Switch
          label={t("tickets.treat")}
          hint={t("tickets.treat_hint")}
          checked={value.is_on}
          onChange={(event) => unsaved.change({ ...value, is_on: event.target.checked })}
        />
        {value.is_on ? (
          <p className="row">
            <span className="grow soft">
              <DefaultsInWords kept={value} />
            </span>
            <Button size="s" icon={<Pencil />} onClick={() => setEditing(value)}>
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
        {problem && !editing ? (
          <p className="hint error" role="alert">
            {sentence(problem)}
          </p>
        ) : null}
        <SaveLine unsaved={unsaved} isBusy={isBusy} />
      </form>
      {editing ? (
        <EditDialog
          account={account}
          value={value}
          problem={problem}
          isBusy={isBusy}
          onChange={(part) => unsaved.change({ ...value, ...part })}
          onClose={close}
          onCancel={() => {
            unsaved.change(editing);
            close();
          }}
          onSave={() => void save(value)}
        />
      ) : null}
    </>
  );
}

interface EditProps {
  account: ChannelAccount;
  value: TicketDefaults;
  problem: unknown;
  isBusy: boolean;
  onChange: (part: Partial<TicketDefaults>) => void;
  /** What was changed stays, not saved yet. */
  onClose: () => void;
  onCancel: () => void;
  onSave: () => void;
}

function EditDialog({ account, value, problem, isBusy, onChange, onClose, onCancel, onSave }: EditProps) {
  const at = problem instanceof Problem ? problem.field : undefined;
  return (
    <Dialog title={t("tickets.edit")} onClose={onClose} isWide>
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          onSave();
        }}
      >
        <p className="soft">{t("tickets.edit_text")}</p>
        <TicketFields
          account={account}
          value={value}
          onChange={onChange}
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
          <Button onClick={onCancel}>{t("common.cancel")}</Button>
        </p>
      </form>
    </Dialog>
  );
}
