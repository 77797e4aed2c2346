import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Problem, patch, post } from "../../api/client";
import { keys, sessionQuery } from "../../api/queries";
import type { Session, Setup as SetupState, User } from "../../api/types";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { locale, t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { PasswordField } from "../session/PasswordField";
import { companyOf } from "./company";
import { strength } from "./strength";

/** Step 1: the first account and its administrator. Come back to, when the account is made, it is about their name alone. */
export function FirstAccount({ isMade, onDone }: { isMade: boolean; onDone: () => void }) {
  return isMade ? <Revisited onDone={onDone} /> : <Making onDone={onDone} />;
}

function Making({ onDone }: { onDone: () => void }) {
  const client = useQueryClient();
  const [values, setValues] = useState({ name: "", email: "", password: "" });
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
    const email = values.email.trim();
    try {
      const made = { ...values, email, account_name: companyOf(email) || values.name };
      const session = await post<Session>("/api/setup", made);
      client.setQueryData(keys.session, session);
      client.setQueryData<SetupState>(keys.setup, (old) => old && { ...old, needed: false });
      if (session.user.locale !== locale()) void patch("/api/users/me", { locale: locale() }).catch(() => undefined);
      onDone();
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

function Revisited({ onDone }: { onDone: () => void }) {
  const client = useQueryClient();
  const me = useQuery(sessionQuery).data?.user;
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const name = typed ?? me?.name ?? "";
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      if (name.trim() !== me?.name) {
        const user = await patch<User>("/api/users/me", { name: name.trim() });
        client.setQueryData<Session>(keys.session, (old) => old && { ...old, user: { ...old.user, ...user } });
      }
      onDone();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <h1>{t("setup.account_title")}</h1>
      <p className="lead">{t("setup.account_made")}</p>
      <form className="fields" onSubmit={submit}>
        <Field
          label={t("field.your_name")}
          autoComplete="name"
          required
          autoFocus
          value={name}
          onChange={(event) => setTyped(event.target.value)}
          error={problem ? sentence(problem) : null}
        />
        <Field label={t("field.email")} readOnly value={me?.email ?? ""} />
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
