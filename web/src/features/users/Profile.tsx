import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { patch } from "../../api/client";
import { keys, sessionQuery } from "../../api/queries";
import type { Session, User } from "../../api/types";
import { Button } from "../../ui/Button";
import { Field, Select } from "../../ui/Field";
import { LOCALES, locale, t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toast } from "../../ui/toasts";
import { changeLocale } from "./MeMenu";

/** A person's own name and language. */
export function Profile() {
  const client = useQueryClient();
  const me = useQuery(sessionQuery).data?.user;
  const [name, setName] = useState(me?.name ?? "");
  const [error, setError] = useState<string | null>(null);
  if (!me) return null;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    try {
      const user = await patch<User>("/api/users/me", { name: name.trim() });
      client.setQueryData<Session>(keys.session, (old) => old && { ...old, user: { ...old.user, ...user } });
      void client.invalidateQueries({ queryKey: keys.users });
      toast(t("toast.saved"));
    } catch (problem) {
      setError(sentence(problem));
    }
  };
  return (
    <div className="narrow">
      <h1>{t("settings.profile")}</h1>
      <form className="fields" onSubmit={save}>
        <Field
          label={t("field.your_name")}
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={error}
        />
        <Field label={t("field.email")} readOnly value={me.email} />
        <p>
          <Button type="submit" look="primary">
            {t("common.save")}
          </Button>
        </p>
      </form>
      <div className="fields">
        <Select
          label={t("profile.language")}
          value={locale()}
          onChange={(event) => void changeLocale(event.target.value)}
        >
          {LOCALES.map((one) => (
            <option key={one} value={one}>
              {t(`locale.${one}`)}
            </option>
          ))}
        </Select>
      </div>
    </div>
  );
}
