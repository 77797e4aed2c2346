import { useQuery, useQueryClient } from "@tanstack/react-query";
import { remove } from "../../api/client";
import { keys, sessionsQuery } from "../../api/queries";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { fullTime, rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { toastError } from "../../ui/toasts";

/** Where this person is signed in, each with a way to end it. */
export function Sessions() {
  const client = useQueryClient();
  const sessions = useQuery({ ...sessionsQuery, staleTime: 0 });
  const now = useNow();
  const end = (id: string) =>
    remove(`/api/sessions/${id}`)
      .then(() => client.invalidateQueries({ queryKey: keys.sessions }))
      .catch((problem) => toastError(problem));
  return (
    <div className="narrow">
      <h1>{t("settings.sessions")}</h1>
      <p className="soft">{t("sessions.lead")}</p>
      <h2 className="sr">{t("settings.sessions")}</h2>
      {sessions.isPending ? <Skeleton rows={3} shape="row" /> : null}
      {sessions.isError ? <Failed error={sessions.error} onRetry={() => void sessions.refetch()} /> : null}
      {sessions.data ? (
        <ul className="card rowlist">
          {sessions.data.map((one) => (
            <li key={one.id}>
              <div className="grow">
                <p className="mid">{browserOf(one.user_agent)}</p>
                <p className="small-text muted">
                  <time dateTime={one.seen_at} title={fullTime(one.seen_at)}>
                    {t("sessions.seen", { when: rowTime(one.seen_at, now) })}
                  </time>
                </p>
              </div>
              {one.is_current ? (
                <span className="chip ok s">{t("sessions.this")}</span>
              ) : (
                <Button size="s" onClick={() => void end(one.id)}>
                  {t("sessions.end")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

/** "Firefox, Linux": the two words people know of a user agent. */
export function browserOf(agent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1]?.replace("Edg", "Edge").replace("OPR", "Opera");
  const system = /(Windows|Android|iPhone|iPad|Mac OS|Linux)/.exec(agent)?.[1]?.replace("Mac OS", "macOS");
  return [browser, system].filter(Boolean).join(", ") || agent || t("sessions.unknown");
}
