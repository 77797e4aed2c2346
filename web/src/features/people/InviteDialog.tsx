/* Inviting somebody: an address and what they get. When no mail can leave, the link stands here to be passed on. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Problem, post } from "../../api/client";
import { useMay } from "../../api/may";
import { inboxesQuery } from "../../api/queries";
import type { Invited } from "../../api/types";
import { Button } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { Dialog } from "../../ui/Dialog";
import { Field, Select, Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toast } from "../../ui/toasts";
import { SaveLine } from "../unsaved/SaveLine";
import { useUnsaved } from "../unsaved/unsaved";
import { renewPeople, roleName, rolesQuery, sentWords, teamsQuery } from "./people";

const BLANK = {
  email: "",
  name: "",
  role_id: null as string | null,
  main_team_id: null as string | null,
  can_receive: true,
  inbox_ids: [] as string[],
};

/** Closed by Esc it opens again as it was left. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const unsaved = useUnsaved("people/invitation", BLANK, { ...BLANK, inbox_ids: [""] });
  const values = unsaved.value;
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [invited, setInvited] = useState<Invited | null>(null);
  const roles = useGivable();
  const teams = useQuery(teamsQuery).data ?? [];
  const mayConfigure = useMay("account_access");
  const closed = (useQuery(inboxesQuery).data ?? []).filter((one) => one.access === "members" && !one.is_archived);
  const change = (part: Partial<typeof values>) => unsaved.change({ ...values, ...part });
  const at = (field: string) => (problem instanceof Problem && problem.field === field ? sentence(problem) : null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const made = await post<Invited>("/api/invitations", values);
      unsaved.saved(values);
      await renewPeople(client);
      const words = sentWords(made, values.email);
      if (words) {
        toast(words);
        onClose();
      } else setInvited(made);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  if (invited?.link) return <LinkDialog invited={invited} onClose={onClose} />;
  return (
    <Dialog title={t("people.invite")} onClose={onClose}>
      <form className="fields" onSubmit={submit}>
        <Field
          label={t("field.email")}
          type="email"
          required
          data-begin
          autoComplete="off"
          value={values.email}
          error={at("email")}
          onChange={(event) => change({ email: event.target.value })}
        />
        <Field
          label={t("people.name")}
          hint={t("people.name_hint")}
          maxLength={200}
          autoComplete="off"
          value={values.name}
          error={at("name")}
          onChange={(event) => change({ name: event.target.value })}
        />
        <Select
          label={t("people.role")}
          value={values.role_id ?? roles.find((role) => role.key === "agent")?.id ?? ""}
          onChange={(event) => change({ role_id: event.target.value })}
        >
          {roles.map((role) => (
            <option key={role.id} value={role.id}>
              {roleName(role)}
            </option>
          ))}
        </Select>
        {teams.length ? (
          <Select
            label={t("people.main_team")}
            value={values.main_team_id ?? ""}
            onChange={(event) => change({ main_team_id: event.target.value || null })}
          >
            <option value="">{t("people.no_team")}</option>
            {teams.map((team) => (
              <option key={team.id} value={team.id}>
                {team.name}
              </option>
            ))}
          </Select>
        ) : null}
        {closed.length && mayConfigure ? (
          <fieldset>
            <legend className="label">{t("people.closed_inboxes")}</legend>
            <ul className="reachlist">
              {closed.map((inbox) => (
                <li key={inbox.id}>
                  <label>
                    <input
                      type="checkbox"
                      checked={values.inbox_ids.includes(inbox.id)}
                      onChange={(event) => {
                        const rest = values.inbox_ids.filter((one) => one !== inbox.id);
                        change({ inbox_ids: event.target.checked ? [...rest, inbox.id] : rest });
                      }}
                    />
                    <span dir="auto">{inbox.name}</span>
                  </label>
                </li>
              ))}
            </ul>
            <p className="hint">{t("people.closed_inboxes_hint")}</p>
          </fieldset>
        ) : null}
        <Switch
          label={t("people.can_receive")}
          hint={t("people.can_receive_hint")}
          checked={values.can_receive}
          onChange={(event) => change({ can_receive: event.target.checked })}
        />
        {problem && !at("email") && !at("name") ? (
          <p className="hint error" role="alert">
            {sentence(problem)}
          </p>
        ) : null}
        <SaveLine
          unsaved={unsaved}
          isBusy={isBusy}
          label={t("people.send_invitation")}
          back={t("common.cancel")}
          onBack={onClose}
          isLasting
        />
      </form>
    </Dialog>
  );
}

/** Roles that the signed-in person may give: none that can do more than they. */
export function useGivable() {
  const roles = useQuery(rolesQuery).data ?? [];
  const [isChief, account, users, availability, chatflows, readAll] = [
    useMay("super_admin"),
    useMay("account_access"),
    useMay("user_management"),
    useMay("availability_management"),
    useMay("chatflows"),
    useMay("read_all_inboxes"),
  ];
  const mine: Record<string, boolean> = {
    super_admin: isChief,
    account_access: account,
    user_management: users,
    availability_management: availability,
    chatflows,
    read_all_inboxes: readAll,
  };
  return roles.filter((role) => role.permissions.every((one) => mine[one]));
}

/** A link to pass on by another way. It is shown once. */
export function LinkDialog({ invited, onClose }: { invited: Invited; onClose: () => void }) {
  const why = {
    none: "people.no_mail",
    failed: "people.mail_failed",
    unwanted: "people.link_lead",
    sent: "people.link_lead",
  } as const;
  return (
    <Dialog title={t("people.link_title")} onClose={onClose}>
      <div className="fields">
        <p>{t(why[invited.mail])}</p>
        <CopyField label={t("people.link")} value={invited.link ?? ""} hint={t("people.link_hint")} />
        <div className="dialogfoot">
          <Button look="primary" onClick={onClose}>
            {t("common.done")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
