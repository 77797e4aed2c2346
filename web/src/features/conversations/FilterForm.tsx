/* The filters of a list: what is chosen holds at once and stands in the address; "Save as view" keeps it. */
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { channelAccountsQuery, inboxesQuery, sessionQuery, tagsQuery, usersQuery } from "../../api/queries";
import type { ViewFilters } from "../../api/types";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { WhenField } from "../../ui/WhenField";
import { ContactFilter } from "./ContactFilter";
import { filterPanel } from "./filterState";
import { PRIORITIES, priorityName, SPANS, STATUSES, spanName, statusName } from "./filterWords";
import { useCanChangeView, useSaveChanges } from "./SavedViews";
import { useChangeList, useView } from "./useList";
import { filtersOf, partOf } from "./views";
import "./filters.css";

const DAY = 86_400;
/** Views that are about one status themselves. */
const FIXED = new Set(["closed", "snoozed", "spam", "filtered", "trash", "closing"]);

export default function FilterForm({ onClose }: { onClose: () => void }) {
  const { view, filter, search, savedView } = useView();
  const change = useChangeList();
  const canChange = useCanChangeView(savedView);
  const saveChanges = useSaveChanges();
  const filters = filter?.filters ?? {};
  const set = (part: Partial<ViewFilters>) => change({ filters: { ...filters, ...part } });
  const part = partOf(view);
  const hasOwn = filtersOf(search) !== null;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("select, summary")?.focus(), []);
  return (
    <form ref={form} className="filterform" onSubmit={(event) => event.preventDefault()}>
      <h2>{t("filter.title")}</h2>
      {FIXED.has(view) ? null : (
        <Select
          label={t("filter.status")}
          value={filters.status ?? ""}
          onChange={(event) => set({ status: (event.target.value || null) as ViewFilters["status"] })}
        >
          <option value="">{t("filter.as_view")}</option>
          {STATUSES.map((one) => (
            <option key={one} value={one}>
              {statusName(one)}
            </option>
          ))}
        </Select>
      )}
      <People values={filters.assignees ?? []} onChange={(assignees) => set({ assignees })} />
      {part?.kind === "channel" ? null : (
        <Channels values={filters.channel_account_ids ?? []} onChange={(ids) => set({ channel_account_ids: ids })} />
      )}
      {part?.kind === "inbox" ? null : (
        <Inboxes values={filters.inbox_ids ?? []} onChange={(ids) => set({ inbox_ids: ids })} />
      )}
      <Tags values={filters.tag_ids ?? []} onChange={(ids) => set({ tag_ids: ids })} />
      <Choices
        name={t("filter.priority")}
        values={filters.priorities ?? []}
        options={PRIORITIES.map((one) => ({ value: one, name: priorityName(one) }))}
        onChange={(values) => set({ priorities: values as ViewFilters["priorities"] })}
      />
      <ContactFilter id={filters.contact_id ?? null} onChange={(id) => set({ contact_id: id })} />
      <Select
        label={t("filter.ticket")}
        value={filters.ticket ?? ""}
        onChange={(event) => set({ ticket: (event.target.value || null) as ViewFilters["ticket"] })}
      >
        <option value="">{t("filter.ticket_any")}</option>
        <option value="with">{t("filter.ticket_with")}</option>
        <option value="without">{t("filter.ticket_without")}</option>
      </Select>
      <Select
        label={t("filter.waiting")}
        value={filters.waiting_longer_than_s ?? ""}
        onChange={(event) => set({ waiting_longer_than_s: Number(event.target.value) || null })}
      >
        <option value="">{t("filter.any_time")}</option>
        {SPANS.map((seconds) => (
          <option key={seconds} value={seconds}>
            {spanName(seconds)}
          </option>
        ))}
      </Select>
      <Dates filters={filters} set={set} />
      <Tick
        label={t("filter.hide_spam")}
        isOn={filters.hide_spam !== false}
        onChange={(is) => set({ hide_spam: is })}
      />
      <Tick
        label={t("filter.hide_trash")}
        isOn={filters.hide_trash !== false}
        onChange={(is) => set({ hide_trash: is })}
      />
      <div className="filterfoot">
        <Button size="s" look="ghost" disabled={!hasOwn} onClick={() => change({ filters: {} })}>
          {t("filter.clear")}
        </Button>
        <span className="grow" />
        {savedView && canChange && hasOwn ? (
          <Button size="s" onClick={() => void saveChanges(savedView)}>
            {t("filter.save_changes")}
          </Button>
        ) : null}
        <Button
          size="s"
          look="primary"
          onClick={() => {
            onClose();
            filterPanel.set({ isSaving: true });
          }}
        >
          {t("filter.save_as")}
        </Button>
      </div>
    </form>
  );
}

function Dates({ filters, set }: { filters: Partial<ViewFilters>; set: (part: Partial<ViewFilters>) => void }) {
  const hasDates = Boolean(filters.since || filters.until);
  const value = hasDates ? "dates" : String(filters.active_within_s ?? "");
  const day = (iso: string | null | undefined) => iso?.slice(0, 10) ?? "";
  const choose = (chosen: string) => {
    if (chosen !== "dates") set({ since: null, until: null, active_within_s: Number(chosen) || null });
    else set({ active_within_s: null, since: new Date(Date.now() - 7 * DAY * 1000).toISOString().slice(0, 10) });
  };
  return (
    <>
      <Select label={t("filter.last_message")} value={value} onChange={(event) => choose(event.target.value)}>
        <option value="">{t("filter.any_time")}</option>
        <option value={DAY}>{t("filter.within_day")}</option>
        <option value={7 * DAY}>{t("filter.within_week")}</option>
        <option value={30 * DAY}>{t("filter.within_month")}</option>
        <option value="dates">{t("filter.between")}</option>
      </Select>
      {hasDates ? (
        <div className="filterdates">
          {(["since", "until"] as const).map((name) => (
            <WhenField
              key={name}
              label={t(name === "since" ? "filter.since" : "filter.until")}
              day="past"
              value={day(filters[name])}
              onChange={(value) => value !== null && set({ [name]: value || null })}
            />
          ))}
        </div>
      ) : null}
    </>
  );
}

function Tick({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (is: boolean) => void }) {
  return (
    <label className="tickline">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}

interface Option {
  value: string;
  name: ReactNode;
}

interface ChoicesProps {
  name: string;
  values: readonly string[];
  options: Option[];
  onChange: (values: string[]) => void;
}

/** A folded list of checkboxes that says how many are chosen. */
function Choices({ name, values, options, onChange }: ChoicesProps) {
  if (!options.length) return null;
  return (
    <details className="choices" open={values.length > 0 || undefined}>
      <summary>
        {name}
        {values.length ? <span className="count hot">{values.length}</span> : null}
        <ChevronRight className="small" />
      </summary>
      <fieldset>
        <legend className="sr">{name}</legend>
        {options.map((option) => (
          <label key={option.value} className="tickline">
            <input
              type="checkbox"
              checked={values.includes(option.value)}
              onChange={(event) =>
                onChange(
                  event.target.checked ? [...values, option.value] : values.filter((one) => one !== option.value),
                )
              }
            />
            <span className="cut">{option.name}</span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}

interface ListProps {
  values: readonly string[];
  onChange: (values: string[]) => void;
}

function People({ values, onChange }: ListProps) {
  const users = useQuery(usersQuery).data ?? [];
  const me = useQuery(sessionQuery).data?.user.id;
  const others = users.filter((user) => user.id !== me).toSorted((a, b) => Number(b.is_active) - Number(a.is_active));
  const options = [
    { value: "me", name: t("filter.me") },
    { value: "nobody", name: t("assign.nobody") },
    ...others.map((user) => ({
      value: user.id,
      name: user.is_active ? user.name : t("filter.deactivated", { name: user.name }),
    })),
  ];
  return <Choices name={t("filter.assignee")} values={values} options={options} onChange={onChange} />;
}

function Channels({ values, onChange }: ListProps) {
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const options = accounts.map((account) => ({ value: account.id, name: account.name }));
  return <Choices name={t("views.channels")} values={values} options={options} onChange={onChange} />;
}

function Inboxes({ values, onChange }: ListProps) {
  const inboxes = useQuery(inboxesQuery).data ?? [];
  if (inboxes.length < 2) return null;
  const options = inboxes.map((inbox) => ({ value: inbox.id, name: inbox.name }));
  return <Choices name={t("views.inboxes")} values={values} options={options} onChange={onChange} />;
}

function Tags({ values, onChange }: ListProps) {
  const tags = useQuery(tagsQuery).data ?? [];
  const options = tags.map((tag) => ({ value: tag.id, name: tag.name }));
  return <Choices name={t("filter.tags")} values={values} options={options} onChange={onChange} />;
}
