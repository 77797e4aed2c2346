/* What holds for the tickets of the whole account: what is closed together, and how many a contact may have. What a channel's tickets begin
 * with stands on its page (TicketPanel.tsx), and which fill nobody's limit beside the limits (availability/Uncounted.tsx). */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "../../api/may";
import { sessionQuery } from "../../api/queries";
import { saveAccount } from "../../api/saveAccount";
import type { Account } from "../../api/types";
import { Field, Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";
import { TicketChannels } from "./TicketChannels";

type Part = Pick<Account, "closing_closes_tickets"> | Pick<Account, "tickets_per_contact_max">;
type Save = (part: Part, before: Part) => Promise<void>;
const PER_CONTACT_MAX = 1_000_000;

export default function TicketsPage() {
  const client = useQueryClient();
  const account = useQuery(sessionQuery).data?.account;
  const may = useMay("account_access");
  if (!account) return null;
  const save: Save = async (part, before) => {
    try {
      await saveAccount(client, part);
      toast(t("toast.saved"), () => void save(before, part));
    } catch (problem) {
      toastError(problem);
    }
  };
  const isOn = account.closing_closes_tickets;
  const perContact = account.tickets_per_contact_max;
  return (
    <div className="narrow">
      <h1>{t("tickets.title")}</h1>
      <p className="soft">{t("tickets.lead")}</p>
      <div className="fields">
        <Switch
          label={t("tickets.closed_along")}
          hint={[t("tickets.closed_along_hint"), may ? "" : t("settings.undo_admin")].filter(Boolean).join(" ")}
          checked={isOn}
          disabled={!may}
          onChange={() => void save({ closing_closes_tickets: !isOn }, { closing_closes_tickets: isOn })}
        />
        {/* Anew when somebody else has changed it, or it was undone. */}
        <PerContact key={perContact} before={perContact} may={may} save={save} />
      </div>
      {account.inbox_ticketing && may ? <TicketChannels /> : null}
    </div>
  );
}

function PerContact({ before, may, save }: { before: number; may: boolean; save: Save }) {
  const [value, setValue] = useState(String(before));
  const [error, setError] = useState<string | null>(null);
  const keep = () => {
    const wanted = Number(value);
    if (value.trim() === "" || !Number.isInteger(wanted) || wanted < 0 || wanted > PER_CONTACT_MAX)
      return setError(t("tickets.number_wrong", { max: PER_CONTACT_MAX }));
    setError(null);
    if (wanted !== before) void save({ tickets_per_contact_max: wanted }, { tickets_per_contact_max: before });
  };
  return (
    <Field
      label={t("tickets.per_contact")}
      hint={t("tickets.per_contact_hint")}
      inputMode="numeric"
      maxLength={7}
      value={value}
      readOnly={!may}
      error={error}
      onChange={(event) => setValue(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => event.key === "Enter" && keep()}
    />
  );
}
