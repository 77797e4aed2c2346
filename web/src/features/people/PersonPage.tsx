/* One person: role, seat, teams and inboxes, and whether they may come in. What is changed here holds at once, and can be undone. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, Copy, MailPlus, UserRoundCheck, UserRoundX, X } from "lucide-react";
import { useState } from "react";
import { patch, post, remove } from "../../api/client";
import { saveInto } from "../../api/saving";
import type { Invited, Person, Team } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { Select, Switch } from "../../ui/Field";
import { day } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { toast } from "../../ui/toasts";
import { Limits } from "../availability/Limits";
import { availabilityQuery } from "../routing/standing";
import { LinkDialog, useGivable } from "./InviteDialog";
import { Members } from "./Members";
import { StatusChip } from "./PeoplePage";
import { PersonInboxes } from "./PersonInboxes";
import { attempt, personQuery, roleName, rolesQuery, sentWords, teamsQuery } from "./people";
import { TheirOpen } from "./TheirOpen";

export function PersonPage({ id }: { id: string }) {
  const person = useQuery(personQuery(id));
  return (
    <div className="narrow">
      <Link className="crumb" to="/settings/$section" params={{ section: "people" }}>
        <ArrowLeft className="mid" />
        {t("settings.people")}
      </Link>
      {person.isPending ? <Skeleton rows={4} shape="row" /> : null}
      {person.isError ? <Failed error={person.error} onRetry={() => void person.refetch()} /> : null}
      {person.data ? <Details person={person.data} /> : null}
    </div>
  );
}

function Details({ person }: { person: Person }) {
  const client = useQueryClient();
  const standing = useQuery(availabilityQuery).data?.find((one) => one.user_id === person.id);
  const save = (part: object) =>
    saveInto<Person, unknown>(
      client,
      personQuery(person.id).queryKey,
      (held) => ({ ...held, ...part }),
      () => patch(`/api/users/${person.id}`, part),
    );
  const change = (part: object, before: object, done = t("people.changed", { name: person.name })) =>
    void attempt(
      client,
      () => save(part),
      done,
      () => void attempt(client, () => save(before)),
    );
  const isOut = person.status === "deactivated";
  const words = { name: person.name };
  return (
    <>
      <header className="personhead">
        <Avatar name={person.name} seed={person.id} size={44} />
        <div className="grow">
          <h1 dir="auto">{person.name}</h1>
          <p className="muted">{person.email}</p>
        </div>
        <div>
          <StatusChip person={person} standing={standing} />
        </div>
      </header>
      {person.status === "invited" ? <Waiting person={person} /> : null}
      <div className="fields">
        <RoleSelect person={person} onChange={change} />
        <Switch
          label={t("people.can_receive")}
          hint={t("people.can_receive_hint")}
          checked={person.can_receive}
          onChange={(event) => change({ can_receive: event.target.checked }, { can_receive: person.can_receive })}
        />
        <TeamsOf person={person} onChange={change} />
        <PersonInboxes person={person} />
      </div>
      {person.status === "active" ? (
        <>
          <Limits id={person.id} />
          <p className="block">
            <Link className="btn s" to="/settings/$section/$item" params={{ section: "availability", item: person.id }}>
              {t("people.hours_link")}
            </Link>
          </p>
        </>
      ) : null}
      {person.status === "invited" ? null : (
        <div className="personactions">
          {isOut ? (
            <Button
              icon={<UserRoundCheck />}
              onClick={() => change({ is_active: true }, { is_active: false }, t("people.activated", words))}
            >
              {t("people.activate")}
            </Button>
          ) : (
            <Button
              icon={<UserRoundX />}
              onClick={() => change({ is_active: false }, { is_active: true }, t("people.deactivated_done", words))}
            >
              {t("people.deactivate")}
            </Button>
          )}
          <p className="hint">
            {t(isOut ? "people.deactivated_hint" : "people.deactivate_hint")} <TheirOpen id={person.id} />
          </p>
        </div>
      )}
    </>
  );
}

interface PartProps {
  person: Person;
  onChange: (part: object, before: object) => void;
}

function RoleSelect({ person, onChange }: PartProps) {
  const roles = useQuery(rolesQuery).data ?? [];
  const givable = useGivable();
  const own = roles.find((role) => role.id === person.role_id);
  const choices = own && !givable.some((role) => role.id === own.id) ? [own, ...givable] : givable;
  return (
    <Select
      label={t("people.role")}
      value={person.role_id}
      onChange={(event) => onChange({ role_id: event.target.value }, { role_id: person.role_id })}
    >
      {choices.map((role) => (
        <option key={role.id} value={role.id}>
          {roleName(role)}
        </option>
      ))}
    </Select>
  );
}

function TeamsOf({ person, onChange }: PartProps) {
  const teams = useQuery(teamsQuery).data ?? [];
  const { main_team_id, extra_team_ids } = person;
  const before = { teams: { main_team_id, extra_team_ids } };
  const set = (main: string | null, extra: readonly string[]) =>
    onChange({ teams: { main_team_id: main, extra_team_ids: extra.filter((id) => id !== main) } }, before);
  if (!teams.length) return null;
  const isExtra = (team: Team) => extra_team_ids.includes(team.id);
  return (
    <>
      <Select
        label={t("people.main_team")}
        hint={t("people.main_team_hint")}
        value={main_team_id ?? ""}
        onChange={(event) => set(event.target.value || null, extra_team_ids)}
      >
        <option value="">{t("people.no_team")}</option>
        {teams.map((team) => (
          <option key={team.id} value={team.id}>
            {team.name}
          </option>
        ))}
      </Select>
      <Members
        label={t("people.extra_teams")}
        addLabel={t("people.add_team")}
        empty={t("people.no_team")}
        chosen={teams.filter(isExtra)}
        others={teams.filter((team) => !isExtra(team) && team.id !== main_team_id)}
        onAdd={(id) => set(main_team_id, [...extra_team_ids, id])}
        onRemove={(id) =>
          set(
            main_team_id,
            extra_team_ids.filter((one) => one !== id),
          )
        }
      />
    </>
  );
}

/** Somebody who was invited and has not come. */
function Waiting({ person }: { person: Person }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [link, setLink] = useState<Invited | null>(null);
  const renew = (byMail: boolean) =>
    void attempt(client, async () => {
      const made = await post<Invited>(`/api/invitations/${person.id}/renew`, { by_mail: byMail });
      const words = sentWords(made, person.email);
      if (words) toast(words);
      else setLink(made);
    });
  const revoke = async () => {
    const isDone = await attempt(
      client,
      () => remove(`/api/invitations/${person.id}`),
      t("people.revoked", { name: person.name }),
    );
    if (isDone) void navigate({ to: "/settings/$section", params: { section: "people" } });
  };
  const invitation = person.invitation;
  return (
    <section aria-label={t("people.invitation")}>
      <p className="soft">
        {invitation
          ? t(invitation.is_expired ? "people.expired_on" : "people.expires_on", { date: day(invitation.expires_at) })
          : null}{" "}
        {invitation && !invitation.mailed_at ? t("people.no_mail_left") : null}
      </p>
      <div className="personactions">
        <Button icon={<MailPlus />} onClick={() => renew(true)}>
          {t("people.send_again")}
        </Button>
        <Button icon={<Copy />} onClick={() => renew(false)}>
          {t("people.new_link")}
        </Button>
        <Button look="danger" icon={<X />} onClick={() => void revoke()}>
          {t("people.revoke")}
        </Button>
      </div>
      {link?.link ? <LinkDialog invited={link} onClose={() => setLink(null)} /> : null}
    </section>
  );
}
