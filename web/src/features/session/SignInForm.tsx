import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Problem } from "../../api/client";
import type { Session } from "../../api/types";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { signIn } from "./auth";
import { PasswordField } from "./PasswordField";

interface Props {
  email?: string;
  onDone: (session: Session) => void;
}

export function SignInForm({ email: known, onDone }: Props) {
  const client = useQueryClient();
  const [email, setEmail] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      onDone(await signIn(client, email.trim(), password));
    } catch (problem) {
      const isWrong = problem instanceof Problem && problem.status === 401;
      setError(isWrong ? t("signin.wrong") : sentence(problem));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="fields" onSubmit={submit}>
      <Field
        label={t("field.email")}
        type="email"
        name="username"
        autoComplete="username"
        required
        autoFocus={!known}
        readOnly={known !== undefined}
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <PasswordField
        label={t("field.password")}
        autoComplete="current-password"
        autoFocus={known !== undefined}
        value={password}
        onChange={setPassword}
        error={error}
      />
      <Button type="submit" look="primary" size="l" className="wide" isBusy={isBusy}>
        {t("signin.submit")}
      </Button>
    </form>
  );
}
