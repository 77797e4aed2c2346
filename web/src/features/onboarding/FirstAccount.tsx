import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Problem, patch, post } from "../../api/client";
import { keys } from "../../api/queries";
import type { Session, Setup as SetupState } from "../../api/types";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { locale, t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { PasswordField } from "../session/PasswordField";
import { strength } from "./strength";

/** Step 1: the first account and its administrator. */
export function FirstAccount({ onDone }: { onDone: (accountName: string) => void }) {
  const client = useQueryClient();
  const [values, setValues] = useState({ name: "", email: "", password: "", account_name: "" });
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const change = (part: Partial<typeof values>) => setValues((old) => ({ ...old, ...part }));
  const errorAt = (field: keyof typeof values) =>
    problem instanceof Problem && problem.field === field ? sentence(problem) : null;
  const isElsewhere = problem instanceof Problem && problem.field && problem.field in values;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const session = await post<Session>("/api/setup", { ...values, email: values.email.trim() });
      client.setQueryData(keys.session, session);
      client.setQueryData<SetupState>(keys.setup, (old) => old && { ...old, needed: false });
      if (session.user.locale !== locale()) void patch("/api/users/me", { locale: locale() }).catch(() => undefined);
      onDone(values.account_name);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <h1>{t("setup.account_title")}</h1>
      <p className="lead">{t("setup.account_lead")}</p>
      <form className="fields" onSubmit={submit}>
        <Field
          label={t("field.your_name")}
          name="name"
          autoComplete="name"
          required
          autoFocus
          value={values.name}
          onChange={(event) => change({ name: event.target.value })}
          error={errorAt("name")}
        />
        <Field
          label={t("field.email")}
          type="email"
          name="username"
          autoComplete="username"
          required
          value={values.email}
          onChange={(event) => change({ email: event.target.value })}
          error={errorAt("email")}
        />
        <PasswordField
          label={t("field.password")}
          autoComplete="new-password"
          minLength={8}
          value={values.password}
          onChange={(password) => change({ password })}
          error={errorAt("password")}
          hint={<Strength password={values.password} />}
        />
        <Field
          label={t("field.company")}
          name="organization"
          autoComplete="organization"
          required
          value={values.account_name}
          onChange={(event) => change({ account_name: event.target.value })}
          error={errorAt("account_name")}
          hint={t("setup.company_hint")}
        />
        {problem && !isElsewhere ? (
          <p className="hint error" role="alert">
            {sentence(problem)}
          </p>
        ) : null}
        <Button type="submit" look="primary" size="l" className="wide" isBusy={isBusy}>
          {t("common.continue")}
        </Button>
      </form>
    </>
  );
}

const WORDS = ["strength.none", "strength.weak", "strength.fair", "strength.good", "strength.strong"] as const;

function Strength({ password }: { password: string }) {
  const level = strength(password);
  return (
    <>
      <div className={`meter ${level < 3 ? "weak" : ""}`} aria-hidden="true">
        {[1, 2, 3, 4].map((step) => (
          <i key={step} className={step <= level ? "on" : ""} />
        ))}
      </div>
      {t(WORDS[level])}
    </>
  );
}
