/* Which open tickets do not count towards what people can take: those in certain stages, and those that have been open for long. For the whole account. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMay } from "../../api/may";
import { sessionQuery } from "../../api/queries";
import { saveAccount } from "../../api/saveAccount";
import type { Account } from "../../api/types";
import { Select } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";
import { nameOf, pipelinesQuery } from "../tickets/tickets";

/** Offered; the API takes others, too. 0: however old. */
const DAYS = [0, 14, 30, 60, 90, 180, 365];

type Part = Pick<Account, "tickets_uncounted_stage_ids"> | Pick<Account, "tickets_uncounted_after_days">;

export function Uncounted() {
  const client = useQueryClient();
  const account = useQuery(sessionQuery).data?.account;
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  const may = useMay("account_access");
  if (!account?.inbox_ticketing) return null;
  const { tickets_uncounted_stage_ids: left, tickets_uncounted_after_days: days } = account;
  const save = async (part: Part, back?: Part) => {
    try {
      await saveAccount(client, part);
      toast(t("toast.saved"), back && (() => void save(back)));
    } catch (problem) {
      toastError(problem);
    }
  };
  return (
    <>
      <h2>{t("availability.uncounted_title")}</h2>
      <p className="soft">{t("availability.uncounted_lead")}</p>
      <div className="fields uncounted">
        {pipelines.map((pipeline) => (
          <fieldset key={pipeline.id}>
            <legend className="label">{t("availability.uncounted_stages", { pipeline: nameOf(pipeline) })}</legend>
            {pipeline.stages
              .filter((one) => one.state !== "closed")
              .map((stage) => (
                <label key={stage.id} className="checkline">
                  <input
                    type="checkbox"
                    checked={left.includes(stage.id)}
                    disabled={!may}
                    onChange={(event) =>
                      void save(
                        {
                          tickets_uncounted_stage_ids: event.target.checked
                            ? [...left, stage.id]
                            : left.filter((one) => one !== stage.id),
                        },
                        { tickets_uncounted_stage_ids: left },
                      )
                    }
                  />
                  <span dir="auto">{nameOf(stage)}</span>
                </label>
              ))}
          </fieldset>
        ))}
        <Select
          label={t("availability.uncounted_age")}
          hint={may ? undefined : t("settings.undo_admin")}
          value={String(days)}
          disabled={!may}
          onChange={(event) =>
            void save(
              { tickets_uncounted_after_days: Number(event.target.value) },
              { tickets_uncounted_after_days: days },
            )
          }
        >
          {[...new Set([...DAYS, days])]
            .toSorted((one, other) => one - other)
            .map((one) => (
              <option key={one} value={one}>
                {t("availability.uncounted_days", { days: one })}
              </option>
            ))}
        </Select>
      </div>
    </>
  );
}
