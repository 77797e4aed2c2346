/* Behind the link of an invitation: a name, a password, and one is in. The secret stands behind the # of the address, which browsers
 * send to no server. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { noteSignedIn, Problem, post } from "../../api/client";
import { keys, sessionQuery } from "../../api/queries";
import { isSignedIn } from "../../api/signedIn";
import type { Opened, Session } from "../../api/types";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { locale, t } from "../../ui/i18n";
import { Failed, Skeleton, sentence } from "../../ui/States";
import { WelcomeFrame } from "../onboarding/WelcomeFrame";
import { tellTabs } from "./auth";
import { PasswordField } from "./PasswordField";

const MIN_PASSWORD = 12;

export default function Invitation() {
  const [token] = useState(() => location.hash.slice(1));
  const opened = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => post<Opened>("/api/invitations/open", { token }),
    gcTime: 0,
  });
  return (
    <WelcomeFrame>
      {opened.isPending ? <Skeleton rows={3} shape="line" /> : null}
      {opened.isError ? (
        opened.error instanceof Problem ? (
          <>
            <h1>{t("invitation.broken_title")}</h1>
            <p className="lead">
              {t(opened.error.code === "invitation_expired" ? "invitation.expired" : "invitation.broken")}
            </p>
            <p className="block">
              <Link to="/sign-in">{t("invitation.sign_in")}</Link>
            </p>
          </>
        ) : (
          <Failed error={opened.error} onRetry={() => void opened.refetch()} />
        )
      ) : null}
      {opened.data ? <Accept token={token} invitation={opened.data} /> : null}
    </WelcomeFrame>
  );
}

function Accept({ token, invitation }: { token: string; invitation: Opened }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const mine = useQuery({ ...sessionQuery, enabled: isSignedIn() }).data?.user;
  const [name, setName] = useState(invitation.name);
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const at = (field: string) => (problem instanceof Problem && problem.field === field ? sentence(problem) : null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const body = { token, name, password, locale: locale() };
      const session = await post<Session>("/api/invitations/accept", body);
      noteSignedIn();
      client.clear();
      client.setQueryData(keys.session, session);
      tellTabs(session.user.id);
      await navigate({ to: "/", replace: true });
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <>
      <h1>{t("invitation.title", { account: invitation.account_name })}</h1>
      <p className="lead">
        {invitation.invited_by
          ? t("invitation.lead", { who: invitation.invited_by, account: invitation.account_name })
          : null}
      </p>
      {mine ? (
        <p className="hint">{t("invitation.signed_in_as", { name: mine.name, email: invitation.email })}</p>
      ) : null}
      <form className="fields" onSubmit={submit}>
        <Field
          label={t("field.email")}
          type="email"
          name="username"
          autoComplete="username"
          readOnly
          value={invitation.email}
        />
        <Field
          label={t("field.your_name")}
          name="name"
          autoComplete="name"
          required
          maxLength={200}
          value={name}
          error={at("name")}
          onChange={(event) => setName(event.target.value)}
        />
        <PasswordField
          label={t("field.password")}
          autoComplete="new-password"
          minLength={MIN_PASSWORD}
          autoFocus
          value={password}
          onChange={setPassword}
          error={at("password")}
          hint={t("invitation.password_hint", { count: MIN_PASSWORD })}
        />
        {problem && !at("name") && !at("password") ? (
          <p className="hint error" role="alert">
            {sentence(problem)}
          </p>
        ) : null}
        <Button type="submit" look="primary" size="l" className="wide" isBusy={isBusy}>
          {t("invitation.accept")}
        </Button>
      </form>
    </>
  );
}
