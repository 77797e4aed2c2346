/* How everybody stands now, with what each has of what they can take. Anybody may look; who manages availability sets others. One person's hours
 * are behind their name. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft, CalendarClock } from "lucide-react";
import { useState } from "react";
import { useMay } from "../../api/may";
import { sessionQuery, usersQuery } from "../../api/queries";
import { saveAccount } from "../../api/saveAccount";
import type { Availability, User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { Field, Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { matches } from "../../ui/Picker";
import { Empty, Failed, Skeleton } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { StandingDot } from "../routing/StandingDot";
import { availabilityQuery, isFull, kindWords, loadWords, standingWords, ticketWords } from "../routing/standing";
import { zoneHere } from "./availability";
import { PlanEditor } from "./PlanEditor";
import { setMyStatus, setStatusOf } from "./status";
import { momentThere } from "./there";
import { Uncounted } from "./Uncounted";
import "./availability.css";

export default function AvailabilityPage({ item }: { item?: string }) {
  return item ? <OnePerson id={item} /> : <Everybody />;
}

function Everybody() {
  const standings = useQuery({ ...availabilityQuery, staleTime: 10_000 });
  const users = useQuery(usersQuery).data ?? [];
  const [text, setText] = useState("");
  const people = (standings.data ?? []).flatMap((standing) => {
    const user = users.find((one) => one.id === standing.user_id);
    return user && matches({ id: user.id, label: user.name, keywords: user.email }, text) ? [{ user, standing }] : [];
  });
  const there = people.filter((one) => one.standing.status === "available").length;
  return (
    <div className="narrow">
      <h1>{t("settings.availability")}</h1>
      <p className="soft">{t("availability.lead")}</p>
      <WhenAvailable />
      <h2>
        {t("availability.now")}{" "}
        {standings.isSuccess ? <span className="count">{t("availability.there", { count: there })}</span> : null}
      </h2>
      <Field
        label={t("people.find")}
        type="search"
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
      />
      {standings.isPending ? <Skeleton rows={4} shape="row" /> : null}
      {standings.isError ? <Failed error={standings.error} onRetry={() => void standings.refetch()} /> : null}
      {standings.isSuccess && !people.length && users.length ? (
        <Empty title={t("people.none_title")} text={t("people.none")}>
          <Button onClick={() => setText("")}>{t("people.clear")}</Button>
        </Empty>
      ) : null}
      {people.length ? (
        <ul className="rowlist card stacked">
          {people
            .toSorted((a, b) => a.user.name.localeCompare(b.user.name))
            .map((one) => (
              <Row key={one.user.id} {...one} />
            ))}
        </ul>
      ) : null}
      <Uncounted />
    </div>
  );
}

function Row({ user, standing }: { user: User; standing: Availability }) {
  const client = useQueryClient();
  const isMe = useQuery(sessionQuery).data?.user.id === user.id;
  const may = useMay("availability_management") || isMe;
  const next = standing.status === "available" ? "away" : "available";
  const set = () => void (isMe ? setMyStatus(client, user.id, next) : setStatusOf(client, user.id, user.name, next));
  const tickets = ticketWords(standing);
  const there =
    standing.status === "away" && standing.until && momentThere(standing.until, standing.time_zone, zoneHere());
  const isSilent = standing.status === "available" && !standing.is_connected;
  return (
    <li>
      <Avatar name={user.name} seed={user.id} size={32}>
        <StandingDot status={standing.status} />
      </Avatar>
      <div className="grow">
        <p className="mid" dir="auto">
          <Link to="/settings/$section/$item" params={{ section: "availability", item: user.id }}>
            {user.name}
          </Link>
        </p>
        <p className="small-text muted">
          {standingWords(standing)}
          {there ? ` · ${there}` : ""}
          {isSilent ? `, ${t("availability.disconnected")}` : ""}
          {[...kindWords(standing.kinds), tickets].map((one) => (one ? ` · ${one}` : ""))}
        </p>
      </div>
      <span className={`num ${isFull(standing) ? "full" : ""}`}>{loadWords({ ...standing, kinds: [] })}</span>
      {may ? (
        <Button size="s" onClick={set} aria-label={t(LABELS[next], { name: user.name })}>
          {t(next === "away" ? "availability.away" : "availability.available")}
        </Button>
      ) : null}
    </li>
  );
}

const LABELS = { available: "availability.set_person_available", away: "availability.set_person_away" } as const;

/** What waits unassigned is given out when somebody comes, if the account wants that. */
function WhenAvailable() {
  const client = useQueryClient();
  const session = useQuery(sessionQuery).data;
  const may = useMay("account_access");
  if (!session) return null;
  const isOn = session.account.assigns_when_available;
  const save = async (assigns_when_available: boolean) => {
    try {
      await saveAccount(client, { assigns_when_available });
      toast(t("toast.saved"), () => void save(!assigns_when_available));
    } catch (problem) {
      toastError(problem);
    }
  };
  return (
    <div className="fields">
      <Switch
        label={t("availability.gives_out")}
        hint={[t("availability.gives_out_hint"), may ? "" : t("settings.undo_admin")].filter(Boolean).join(" ")}
        checked={isOn}
        disabled={!may}
        onChange={(event) => void save(event.target.checked)}
      />
    </div>
  );
}

function OnePerson({ id }: { id: string }) {
  const user = useQuery(usersQuery).data?.find((one) => one.id === id);
  return (
    <div className="narrow">
      <Link className="crumb" to="/settings/$section" params={{ section: "availability" }}>
        <ArrowLeft className="mid" />
        {t("settings.availability")}
      </Link>
      <h1 dir="auto">{user ? t("availability.hours_of", { name: user.name }) : t("settings.hours")}</h1>
      <PlanEditor id={id} name={user?.name} />
    </div>
  );
}

/** One's own, among one's own settings. */
export function MyHours() {
  const me = useQuery(sessionQuery).data?.user;
  if (!me) return null;
  return (
    <div className="narrow">
      <h1>{t("settings.hours")}</h1>
      <p className="soft">{t("availability.mine_lead")}</p>
      <PlanEditor id={me.id} />
      <p className="block">
        <Link className="btn s" to="/settings/$section" params={{ section: "availability" }}>
          <CalendarClock />
          {t("availability.everybody")}
        </Link>
      </p>
    </div>
  );
}
