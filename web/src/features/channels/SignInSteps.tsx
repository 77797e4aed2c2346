import { ExternalLink } from "lucide-react";
import { useEffect, useId, useRef } from "react";
import type { SignIn } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { Guide } from "./Guide";
import "./setup/setup.css";

interface Props {
  signIn: SignIn;
  accepts: boolean;
  onAccept: (accepts: boolean) => void;
  termsProblem: string | null;
  waiting: { url: string } | null;
  onCancel: () => void;
  /** The button that submits stands elsewhere. */
  hasOwnButton?: boolean;
}

/** The end of a form whose connection is made at the provider: the terms, the button (it submits the form), and the wait for the person to come back. */
export function SignInSteps({ signIn, accepts, onAccept, termsProblem, waiting, onCancel, hasOwnButton }: Props) {
  const id = useId();
  if (signIn.problem)
    return (
      <p className="hint error" role="alert">
        {signIn.problem}
      </p>
    );
  if (waiting) return <Waiting waiting={waiting} onCancel={onCancel} />;
  return (
    <>
      {signIn.terms ? (
        <fieldset className="terms">
          <legend className="mid">{t("connect.terms")}</legend>
          <Guide text={signIn.terms} />
          <label className="row" htmlFor={id}>
            <input
              id={id}
              type="checkbox"
              checked={accepts}
              onChange={(event) => onAccept(event.target.checked)}
              aria-describedby={termsProblem ? `${id}-problem` : undefined}
              aria-invalid={termsProblem ? true : undefined}
            />
            {t("connect.accept")}
          </label>
          {termsProblem ? (
            <p className="hint error" role="alert" id={`${id}-problem`}>
              {termsProblem}
            </p>
          ) : null}
        </fieldset>
      ) : null}
      {hasOwnButton ? null : (
        <Button type="submit" look="primary" size="l" className="wide" icon={<ExternalLink />}>
          {signIn.label}
        </Button>
      )}
    </>
  );
}

export function Waiting({ waiting, onCancel }: Pick<Props, "onCancel"> & { waiting: { url: string } }) {
  const place = useRef<HTMLDivElement>(null);
  // The button that was pressed is gone or cannot be pressed any more.
  useEffect(() => place.current?.focus(), []);
  return (
    <div role="status" className="signinwait" tabIndex={-1} ref={place}>
      <p className="mid">{t("connect.waiting")}</p>
      <p className="hint">{t("connect.waiting_hint")}</p>
      <p className="row">
        <a className="btn plain m" href={waiting.url} target="_blank" rel="noopener noreferrer">
          {t("connect.open_again")}
        </a>
        <Button look="ghost" onClick={onCancel}>
          {t("common.cancel")}
        </Button>
      </p>
    </div>
  );
}
