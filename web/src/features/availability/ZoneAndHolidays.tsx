/* Where somebody works: the time zone of their hours, and whose public holidays are free. */
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { HolidayCountry, Page } from "../../api/types";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { clockIn, countryName, day, nameList } from "../../ui/format";
import { t } from "../../ui/i18n";
import { changePlan, zoneHere } from "./availability";
import type { PartProps } from "./PlanEditor";

const countriesQuery = queryOptions({
  queryKey: ["holiday-countries"],
  queryFn: () => get<Page<HolidayCountry>>("/api/availability/countries").then((page) => page.items),
  staleTime: Number.POSITIVE_INFINITY,
});

export function ZoneField({ id, plan, isReadOnly }: PartProps) {
  const client = useQueryClient();
  const here = zoneHere();
  const zones = [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", plan.time_zone])].sort();
  const change = (time_zone: string) =>
    void changePlan(client, id, { time_zone }, () => t("availability.zone_saved", { zone: time_zone }), {
      time_zone: plan.time_zone,
    });
  return (
    <>
      <Select
        label={t("availability.zone")}
        hint={t("availability.zone_hint", { time: clockIn(new Date(), plan.time_zone) })}
        value={plan.time_zone}
        disabled={isReadOnly}
        onChange={(event) => change(event.target.value)}
      >
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll("_", " ")}
          </option>
        ))}
      </Select>
      {here !== plan.time_zone && !isReadOnly ? (
        <p className="zonehere">
          <Button size="s" onClick={() => change(here)}>
            {t("availability.zone_here", { zone: here.replaceAll("_", " ") })}
          </Button>
        </p>
      ) : null}
    </>
  );
}

export function HolidayFields({ id, plan, isReadOnly }: PartProps) {
  const client = useQueryClient();
  const countries = useQuery(countriesQuery).data ?? [];
  const regions = countries.find((one) => one.code === plan.country)?.regions ?? [];
  const back = { country: plan.country, region: plan.region };
  const change = (part: { country?: string | null; region?: string | null }) =>
    void changePlan(client, id, part, () => t("availability.holidays_saved"), back);
  const named = countries
    .map(({ code }) => ({ code, name: countryName(code) }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
  const coming = plan.next_holidays.map((one) =>
    t("availability.holiday", { date: day(`${one.date}T12:00:00`), name: one.name }),
  );
  return (
    <div className="fields">
      <Select
        label={t("availability.country")}
        hint={t(plan.hours === null ? "availability.country_hint_no_hours" : "availability.country_hint")}
        value={plan.country ?? ""}
        disabled={isReadOnly}
        onChange={(event) => change({ country: event.target.value || null })}
      >
        <option value="">{t("availability.no_holidays")}</option>
        {named.map((one) => (
          <option key={one.code} value={one.code}>
            {one.name}
          </option>
        ))}
      </Select>
      {regions.length ? (
        <Select
          label={t("availability.region")}
          value={plan.region ?? ""}
          disabled={isReadOnly}
          onChange={(event) => change({ region: event.target.value || null })}
        >
          <option value="">{t("availability.whole_country")}</option>
          {regions
            .toSorted((a, b) => a.name.localeCompare(b.name))
            .map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
        </Select>
      ) : null}
      {coming.length ? <p className="hint">{t("availability.next_holidays", { days: nameList(coming) })}</p> : null}
    </div>
  );
}
