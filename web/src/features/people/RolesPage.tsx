/* Roles as a table: what can be done down the side, who may do it across. The three of every account stay as they are. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { patch, post, remove } from "../../api/client";
import { useMay } from "../../api/may";
import { keys } from "../../api/queries";
import { saveInto } from "../../api/saving";
import type { Role } from "../../api/types";
import { IconButton } from "../../ui/Button";
import { type MessageId, t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { NewNamed, RenameField } from "./Named";
import { attempt, roleName, rolesQuery } from "./people";

const PERMISSIONS: readonly { name: string; label: MessageId; hint: MessageId }[] = [
  { name: "account_access", label: "roles.account_access", hint: "roles.account_access_hint" },
  { name: "user_management", label: "roles.user_management", hint: "roles.user_management_hint" },
  { name: "read_all_inboxes", label: "roles.read_all_inboxes", hint: "roles.read_all_inboxes_hint" },
  { name: "availability_management", label: "roles.availability", hint: "roles.availability_hint" },
  { name: "chatflows", label: "roles.chatflows", hint: "roles.chatflows_hint" },
  { name: "super_admin", label: "roles.super", hint: "roles.super_hint" },
];

export function RolesPage() {
  const roles = useQuery(rolesQuery);
  const mayChange = useMay("super_admin");
  return (
    <>
      <h1>{t("settings.roles")}</h1>
      <p className="soft">{t(mayChange ? "roles.lead" : "roles.read_only")}</p>
      {roles.isPending ? <Skeleton rows={4} shape="row" /> : null}
      {roles.isError ? <Failed error={roles.error} onRetry={() => void roles.refetch()} /> : null}
      {roles.data ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section className="rolescroll card" aria-label={t("settings.roles")} tabIndex={0}>
          <Matrix roles={roles.data} mayChange={mayChange} />
        </section>
      ) : null}
      {mayChange ? (
        <NewNamed
          path="/api/roles"
          body={{ permissions: [] }}
          label={t("roles.new")}
          button={t("roles.add")}
          className="narrow"
        />
      ) : null}
    </>
  );
}

function Matrix({ roles, mayChange }: { roles: readonly Role[]; mayChange: boolean }) {
  return (
    <table className="rolematrix">
      <thead>
        <tr>
          <td />
          {roles.map((role) => (
            <th key={role.id} scope="col">
              {mayChange && role.key === null ? <RoleName role={role} /> : <span dir="auto">{roleName(role)}</span>}
              <span className="block small-text muted">{t("roles.count", { count: role.user_count })}</span>
              {mayChange && role.key === null ? <DeleteRole role={role} /> : null}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {PERMISSIONS.map((permission) => (
          <tr key={permission.name}>
            <th scope="row">
              {t(permission.label)}
              <p className="hint">{t(permission.hint)}</p>
            </th>
            {roles.map((role) => (
              <td key={role.id}>
                <span className="rolename" dir="auto">
                  {roleName(role)}
                </span>
                <Cell role={role} name={permission.name} label={t(permission.label)} mayChange={mayChange} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface CellProps {
  role: Role;
  name: string;
  label: string;
  mayChange: boolean;
}

function Cell({ role, name, label, mayChange }: CellProps) {
  const client = useQueryClient();
  const isOn = role.permissions.includes(name) || role.permissions.includes("super_admin");
  const set = (wanted: boolean) => {
    const rest = role.permissions.filter((one) => one !== name);
    const save = (permissions: string[]) =>
      saveInto<Role[], unknown>(
        client,
        keys.roles,
        (held) => held.map((one) => (one.id === role.id ? { ...one, permissions } : one)),
        () => patch(`/api/roles/${role.id}`, { permissions }),
      );
    void attempt(
      client,
      () => save(wanted ? [...rest, name] : rest),
      t("roles.changed", { name: roleName(role) }),
      () => void attempt(client, () => save(role.permissions)),
    );
  };
  return (
    <label>
      <input
        type="checkbox"
        aria-label={t("roles.cell", { role: roleName(role), permission: label })}
        checked={isOn}
        // What every account has stays as it is, and “everything” cannot be had by halves.
        disabled={!mayChange || role.key !== null || name === "super_admin"}
        onChange={(event) => set(event.target.checked)}
      />
    </label>
  );
}

function RoleName({ role }: { role: Role }) {
  const client = useQueryClient();
  const path = `/api/roles/${role.id}`;
  return (
    <RenameField
      isBare
      label={t("roles.rename", { name: role.name })}
      name={role.name}
      onRename={(name) =>
        attempt(
          client,
          () => patch(path, { name }),
          t("roles.changed", { name }),
          () => void attempt(client, () => patch(path, { name: role.name })),
        )
      }
    />
  );
}

function DeleteRole({ role }: { role: Role }) {
  const client = useQueryClient();
  const again = () =>
    void attempt(client, () => post("/api/roles", { name: role.name, permissions: role.permissions }));
  return (
    <IconButton
      label={t("roles.delete", { name: role.name })}
      onClick={() =>
        void attempt(client, () => remove(`/api/roles/${role.id}`), t("roles.deleted", { name: role.name }), again)
      }
    >
      <Trash2 />
    </IconButton>
  );
}
