/* How long answers can be taken back, for everybody of the account. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMay } from "../../api/may";
import { sessionQuery } from "../../api/queries";
import { saveAccount } from "../../api/saveAccount";
import { Select } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";

const CHOICES = [0, 5, 8, 10, 20, 30];

export function Sending() {
  const client = useQueryClient();
  const session = useQuery(sessionQuery).data;
  const may = useMay("account_access");
  if (!session) return null;
  const seconds = session.account.undo_send_s;
  const save = async (undo_send_s: number) => {
    try {
      await saveAccount(client, { undo_send_s });
      toast(t("toast.saved"), () => void save(seconds));
    } catch (problem) {
      toastError(problem);
    }
  };
  return (
    <div className="narrow">
      <h1>{t("settings.sending")}</h1>
      <Select
        label={t("settings.undo_send")}
        hint={[t("settings.undo_hint"), may ? "" : t("settings.undo_admin")].filter(Boolean).join(" ")}
        value={seconds}
        disabled={!may}
        onChange={(event) => void save(Number(event.target.value))}
      >
        {[...new Set([...CHOICES, seconds])]
          .sort((a, b) => a - b)
          .map((one) => (
            <option key={one} value={one}>
              {one ? t("settings.undo_seconds", { count: one }) : t("settings.undo_off")}
            </option>
          ))}
      </Select>
    </div>
  );
}
