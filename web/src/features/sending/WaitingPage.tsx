/* What waits for a time or a decision, of the person who is signed in, in one place: answers for later, answers that were held, reminders. */
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { BellRing, CalendarClock } from "lucide-react";
import { useEffect } from "react";
import { get, query } from "../../api/client";
import { onStreamEvent } from "../../api/live";
import { sessionQuery } from "../../api/queries";
import type { Page, WaitingThing } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { fullTime, moment } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Empty, Failed, Skeleton } from "../../ui/States";
import { KindBadge } from "../channels/ChannelBadge";
import { contactName } from "../conversations/Row";
import { cancelReminder } from "./reminders";
import { Waiting } from "./Waiting";
import "../settings/settings.css";
import "./sending.css";

const waitingQuery = queryOptions({
  queryKey: ["waiting"],
  queryFn: () => get<Page<WaitingThing>>(`/api/waiting${query({})}`).then((page) => page.items),
});

const CHANGES = ["message.added", "message.changed", "message.removed", "reminders.changed"];

export default function WaitingPage() {
  const client = useQueryClient();
  const list = useQuery(waitingQuery);
  useEffect(() => {
    document.title = `${t("views.waiting")} · ${t("app.name")}`;
    // What was read before one looked elsewhere may be over.
    void client.invalidateQueries(waitingQuery);
    return onStreamEvent((event) => {
      if (CHANGES.includes(event.type)) void client.invalidateQueries(waitingQuery);
    });
  }, [client]);
  const things = list.data ?? [];
  const groups = [
    { title: t("waiting.decide"), things: things.filter((one) => one.message && one.message.held_for !== "schedule") },
    { title: t("waiting.later"), things: things.filter((one) => one.message?.held_for === "schedule") },
    { title: t("waiting.reminders"), things: things.filter((one) => one.reminder) },
  ];
  return (
    <div className="sheet noviews">
      <main className="page" id="main" tabIndex={-1} data-pane="page">
        <div className="pagebody">
          <div className="narrow">
            <h1>{t("views.waiting")}</h1>
            {list.isPending ? <Skeleton rows={4} shape="row" /> : null}
            {list.isError && !things.length ? <Failed error={list.error} onRetry={() => void list.refetch()} /> : null}
            {list.isSuccess && !things.length ? (
              <Empty
                title={t("waiting.empty_title")}
                text={t("waiting.empty_text")}
                picture={<CalendarClock className="big" />}
              />
            ) : null}
            {things.length ? <p className="muted">{t("waiting.text")}</p> : null}
            {groups.map((group) =>
              group.things.length ? (
                <section key={group.title} className="waitgroup">
                  <h2>{group.title}</h2>
                  <ul className="card rowlist">
                    {group.things.map((one) => (
                      <Thing key={one.message ? `m${one.message.id}` : `r${one.reminder?.id}`} one={one} />
                    ))}
                  </ul>
                </section>
              ) : null,
            )}
          </div>
        </div>
      </main>
    </div>
  );
}

function Thing({ one }: { one: WaitingThing }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const now = useNow();
  const me = useQuery(sessionQuery).data?.user.id ?? "";
  const { conversation, message, reminder } = one;
  const place = { view: "all", conversation: conversation.id };
  return (
    <li className="waitthing">
      <Link
        to="/inbox/$view/$conversation"
        params={place}
        hash={message ? `m${message.id}` : undefined}
        className="waitwhat"
      >
        <Avatar name={contactName(conversation)} seed={conversation.contact?.address || conversation.id}>
          <KindBadge kind={conversation.kind} />
        </Avatar>
        <span className="grow">
          <span className="strong cut" dir="auto">
            {contactName(conversation)}
          </span>
          <span className="cut" dir="auto">
            {conversation.subject || conversation.preview}
          </span>
          {message ? (
            <span className="muted cut" dir="auto">
              {t("row.you", { text: message.text || message.subject })}
            </span>
          ) : null}
        </span>
      </Link>
      {message ? (
        <Waiting
          message={message}
          me={me}
          onEdit={() => void navigate({ to: "/inbox/$view/$conversation", params: place })}
        />
      ) : null}
      {reminder ? (
        <div className="waitcard">
          <BellRing />
          <div className="withacts">
            <span className="words" title={fullTime(reminder.at)}>
              {t("sending.reminds_at", { time: moment(reminder.at, now) })}
            </span>
            <span className="acts">
              <Button
                size="xs"
                look="ghost"
                aria-label={t("sending.cancel_reminder")}
                onClick={() => void cancelReminder(client, reminder).then(() => client.invalidateQueries(waitingQuery))}
              >
                {t("common.cancel")}
              </Button>
            </span>
          </div>
        </div>
      ) : null}
    </li>
  );
}
