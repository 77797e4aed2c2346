/* In the place of the app, or of a page alone: what is not there, could not be asked for, or could not be drawn. */
import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { NoConnection, Problem } from "../api/client";
import { t } from "../ui/i18n";
import { Crashed } from "../ui/Pane";
import { Failed } from "../ui/States";

export function NotFound() {
  return (
    <main className="lonely" id="main">
      <div className="empty">
        <h1>{t("problem.not_found_title")}</h1>
        <p>{t("problem.not_found")}</p>
        <Link className="btn s" to="/inbox">
          {t("nav.inbox")}
        </Link>
      </div>
    </main>
  );
}

export function AppFailed({ error }: ErrorComponentProps) {
  return <Failed error={error} onRetry={() => location.reload()} />;
}

/** In the place of a page alone: what could not be asked for, or could not be drawn. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = () => void router.invalidate().then(reset);
  return (
    <main className="page" id="main" tabIndex={-1} data-pane="page">
      {error instanceof NoConnection || error instanceof Problem ? (
        <Failed error={error} onRetry={again} />
      ) : (
        <Crashed isFirst error={error} onAgain={again} />
      )}
    </main>
  );
}
