import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Problem, patch, post } from "../../api/client";
import { inboxesQuery, keys, sessionQuery } from "../../api/queries";
import type { Inbox, Plan, Session } from "../../api/types";
import { Button } from "../../ui/Button";
import { Field, Select } from "../../ui/Field";
import { LOCALES, locale, t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { planQuery, zoneHere } from "../availability/availability";

interface Typed {
  inbox?: string;
  company?: string;
  language?: string;
  zone?: string;
}

/** What stands in the fields: what was typed, or what the server is known to have. */
function standing(typed: Typed, session?: Session, inboxes?: Inbox[], plan?: Plan) {
  const existing = inboxes?.[0];
  const account = session?.account.name ?? "";
  // The server called them after what little it knew; that is no name that somebody chose.
  const isUnnamed = !existing || existing.name === account;
  const knownZone = plan?.time_zone;
  return {
    existing,
    account,
    knownZone,
    inbox: typed.inbox ?? (isUnnamed ? t("setup.default_inbox") : existing.name),
    company: typed.company ?? (account === session?.user.name ? "" : account),
    language: typed.language ?? locale(),
    zone: typed.zone ?? (knownZone && knownZone !== "UTC" ? knownZone : zoneHere()),
  };
}

/** Step 2: what the first inbox and the company are called, and where one is. What the server made, or was told, already stands in the fields. */
export function FirstInbox({ onDone }: { onDone: (inbox: Inbox, language: string) => void }) {
  const client = useQueryClient();
  const inboxes = useQuery(inboxesQuery);
  const session = useQuery(sessionQuery).data;
  const me = session?.user.id ?? "";
  const plan = useQuery({ ...planQuery(me), enabled: me !== "" });
  const [typed, setTyped] = useState<Typed>({});
  const [failed, setFailed] = useState<{ at: keyof Typed; problem: unknown } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { account, inbox, company, language, zone } = standing(typed, session, inboxes.data, plan.data);
  const zones = [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", zone])].sort();
  const change = (part: Typed) => setTyped((old) => ({ ...old, ...part }));
  const errorAt = (at: keyof Typed) => (failed?.at === at ? sentence(failed.problem) : null);

  const saveInbox = (existing: Inbox | undefined, name: string) => {
    if (!existing) return post<Inbox>("/api/inboxes", { name });
    return existing.name === name ? Promise.resolve(existing) : patch<Inbox>(`/api/inboxes/${existing.id}`, { name });
  };
  const saveCompany = async () => {
    if (company.trim() === account) return;
    const changed = await patch<Session["account"]>("/api/account", { name: company.trim() });
    client.setQueryData<Session>(keys.session, (old) => old && { ...old, account: changed });
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailed(null);
    let at: keyof Typed = "inbox";
    try {
      // Whoever is quicker than the answers presses once, and they are waited for here.
      const known = await Promise.all([client.ensureQueryData(inboxesQuery), client.ensureQueryData(planQuery(me))]);
      const { existing, inbox, zone, knownZone } = standing(typed, session, ...known);
      at = "company";
      await saveCompany();
      at = "zone";
      if (zone !== knownZone) await patch(`/api/users/${me}/availability`, { time_zone: zone });
      at = "language";
      if (language !== session?.user.locale) await patch("/api/users/me", { locale: language });
      at = "inbox";
      const saved = await saveInbox(existing, inbox.trim());
      await Promise.all([inboxes.refetch(), client.invalidateQueries({ queryKey: keys.plan(me) })]);
      onDone(saved, language);
    } catch (problem) {
      setFailed({ at: problem instanceof Problem ? at : "inbox", problem });
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <h1>{t("setup.inbox_title")}</h1>
      <p className="lead">{t("setup.inbox_lead")}</p>
      <form className="fields" onSubmit={submit}>
        <Field
          label={t("field.inbox_name")}
          required
          autoFocus
          value={inbox}
          onChange={(event) => change({ inbox: event.target.value })}
          error={errorAt("inbox")}
        />
        <Field
          label={t("field.company")}
          name="organization"
          autoComplete="organization"
          required
          value={company}
          onChange={(event) => change({ company: event.target.value })}
          error={errorAt("company")}
          hint={t("setup.company_hint")}
        />
        <div className="pairs">
          <Select
            label={t("profile.language")}
            value={language}
            onChange={(event) => change({ language: event.target.value })}
            error={errorAt("language")}
          >
            {LOCALES.map((one) => (
              <option key={one} value={one}>
                {t(`locale.${one}`)}
              </option>
            ))}
          </Select>
          <Select
            label={t("availability.zone")}
            value={zone}
            onChange={(event) => change({ zone: event.target.value })}
            error={errorAt("zone")}
          >
            {zones.map((one) => (
              <option key={one} value={one}>
                {one.replaceAll("_", " ")}
              </option>
            ))}
          </Select>
        </div>
        <Button type="submit" look="primary" size="l" className="wide" isBusy={isBusy}>
          {t("common.continue")}
        </Button>
      </form>
    </>
  );
}
