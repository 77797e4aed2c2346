/* Spam and filters: what keeps machines' mail out of the inbox, and two lists of senders. Each switch holds at once. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { patch } from "../../api/client";
import { useMay } from "../../api/may";
import { filtersQuery } from "../../api/queries";
import { saveInto } from "../../api/saving";
import type { Filters } from "../../api/types";
import { Select, Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { SenderLists } from "./SenderLists";

const RULES = ["automated", "marketing", "unsubscribe", "role_based"] as const;
const COUNTS = [5, 10, 20, 50, 100];
const SPANS = [60, 600, 3600, 86_400];
/** What the brake begins with when it is switched on. */
const USUAL_COUNT = 20;

export function SpamPage() {
  const client = useQueryClient();
  const filters = useQuery(filtersQuery);
  const may = useMay("account_access");
  const save = async (change: Partial<Filters>, undo?: Partial<Filters>) => {
    try {
      await saveInto<Filters, Filters>(
        client,
        filtersQuery.queryKey,
        (held) => ({ ...held, ...change }),
        () => patch("/api/filters", change),
        (_, saved) => saved,
      );
      toast(t("toast.saved"), undo ? () => void save(undo) : undefined);
    } catch (problem) {
      toastError(problem);
    }
  };
  const { data } = filters;
  return (
    <div className="narrow">
      <h1>{t("settings.spam")}</h1>
      <p className="soft">{t("filters.lead")}</p>
      {may ? null : <p className="banner block">{t("filters.admin")}</p>}
      {filters.isPending ? <Skeleton rows={4} shape="line" /> : null}
      {filters.isError ? <Failed error={filters.error} onRetry={() => void filters.refetch()} /> : null}
      {data ? (
        <>
          <h2>{t("filters.rules")}</h2>
          <div className="fields">
            {RULES.map((rule) => (
              <Switch
                key={rule}
                label={t(`filters.${rule}`)}
                hint={t(`filters.${rule}_hint`)}
                checked={data.rules.includes(rule)}
                disabled={!may}
                onChange={(event) => {
                  const others = data.rules.filter((one) => one !== rule);
                  void save({ rules: event.target.checked ? [...others, rule] : others }, { rules: data.rules });
                }}
              />
            ))}
          </div>
          <h2>{t("filters.flood")}</h2>
          <Brake filters={data} may={may} save={save} />
        </>
      ) : null}
      <SenderLists may={may} />
    </div>
  );
}

interface BrakeProps {
  filters: Filters;
  may: boolean;
  save: (change: Partial<Filters>, undo: Partial<Filters>) => Promise<void>;
}

function Brake({ filters, may, save }: BrakeProps) {
  const { flood_count: count, flood_within_s: within } = filters;
  const undo = { flood_count: count, flood_within_s: within };
  return (
    <div className="fields">
      <Switch
        label={t("filters.flood_on")}
        hint={t("filters.flood_hint")}
        checked={count !== null}
        disabled={!may}
        onChange={(event) => void save({ flood_count: event.target.checked ? USUAL_COUNT : null }, undo)}
      />
      {count === null ? null : (
        <div className="inlineform">
          <Select
            label={t("filters.flood_count")}
            value={count}
            disabled={!may}
            onChange={(event) => void save({ flood_count: Number(event.target.value) }, undo)}
          >
            {withOwn(COUNTS, count).map((one) => (
              <option key={one} value={one}>
                {t("filters.flood_conversations", { count: one })}
              </option>
            ))}
          </Select>
          <Select
            label={t("filters.flood_within")}
            value={within}
            disabled={!may}
            onChange={(event) => void save({ flood_within_s: Number(event.target.value) }, undo)}
          >
            {withOwn(SPANS, within).map((one) => (
              <option key={one} value={one}>
                {one < 3600 || one % 3600
                  ? t("filters.minutes", { count: Math.max(1, Math.round(one / 60)) })
                  : t("filters.hours", { count: one / 3600 })}
              </option>
            ))}
          </Select>
        </div>
      )}
    </div>
  );
}

const withOwn = (choices: number[], own: number) => [...new Set([...choices, own])].sort((a, b) => a - b);
