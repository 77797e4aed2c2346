/* One contact: who they are at the side, what happened with them over all channels in the middle. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, Ellipsis, Merge, SquarePen } from "lucide-react";
import { useEffect, useState } from "react";
import { channelsQuery, contactQuery, reachQuery, sessionQuery, usersQuery } from "../../api/queries";
import type { Contact } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { day, rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { Menu } from "../../ui/Menu";
import { type People, setBlocked } from "../contacts/changes";
import { Facts } from "../contacts/Facts";
import { Notes } from "../contacts/Notes";
import { NameField } from "../contacts/PersonHead";
import { ReachOn, writeFirst } from "../contacts/ReachOn";
import { Section } from "../contacts/Section";
import { BookNav } from "./BookNav";
import { Duplicates } from "./Duplicates";
import { MergeDialog } from "./MergeDialog";
import { undoMerge } from "./merging";
import { Timeline } from "./Timeline";
import "../people/people.css";
import "../contacts/context.css";
import "./book.css";

export default function ContactPage() {
  const { contact: id = "" } = useParams({ strict: false }) as { contact?: string };
  const client = useQueryClient();
  const me = useQuery(sessionQuery).data?.user;
  const users = useQuery(usersQuery).data ?? [];
  const contact = useQuery(contactQuery(id));
  const name = contact.data ? shownName(contact.data) : t("book.title");
  useEffect(() => {
    document.title = `${name} · ${t("app.name")}`;
  }, [name]);
  if (!me) return null;
  const where = { client, me, users };
  return (
    <div className="sheet">
      <BookNav />
      <main className="bookpage" id="main" tabIndex={-1} data-pane="page">
        {contact.data ? null : <h1 className="sr">{t("book.title")}</h1>}
        <Loading query={contact} queryKey={contactQuery(id).queryKey} rows={4} shape="line" isToldOverOld>
          <Link className="btn s" to="/contacts">
            {t("book.all")}
          </Link>
        </Loading>
        {contact.data ? <Known contact={contact.data} where={where} /> : null}
      </main>
    </div>
  );
}

export const shownName = (contact: Pick<Contact, "name" | "identities">) =>
  contact.name || contact.identities[0]?.value || t("contact.unknown");

function Known({ contact, where }: { contact: Contact; where: People }) {
  const [isNaming, setNaming] = useState(false);
  /** The other one, or nobody yet. */
  const [merging, setMerging] = useState<{ with: string | null } | null>(null);
  return (
    <>
      <header className="bookhead">
        <Link className="iconbtn" to="/contacts" aria-label={t("book.all")} title={t("book.all")}>
          <ArrowLeft />
        </Link>
        <Avatar name={contact.name} seed={contact.id} size={36} />
        <div className="grow">
          {isNaming ? (
            <NameField contact={contact} scope={where} onDone={() => setNaming(false)} />
          ) : (
            <h1 dir="auto">
              {contact.can_act ? (
                <button type="button" title={t("contact.rename")} onClick={() => setNaming(true)}>
                  {shownName(contact)}
                </button>
              ) : (
                shownName(contact)
              )}
            </h1>
          )}
          <p className="muted small-text">
            {contact.is_blocked ? <span className="chip s bad">{t("contact.blocked")}</span> : null}{" "}
            {t("contact.since_day", { day: day(contact.created_at) })}
          </p>
        </div>
        <Write contact={contact} where={where} />
        {contact.can_act ? (
          <>
            <Button
              className="mergeit"
              title={t("merge_contacts.button")}
              size="s"
              icon={<Merge className="mid" />}
              onClick={() => setMerging({ with: null })}
            >
              <span>{t("merge_contacts.button")}</span>
            </Button>
            <Menu
              label={t("contact.menu")}
              className="iconbtn"
              align="end"
              items={[
                { id: "rename", label: t("contact.rename"), run: () => setNaming(true) },
                {
                  id: "block",
                  label: t(contact.is_blocked ? "contact.unblock" : "contact.block"),
                  isDangerous: !contact.is_blocked,
                  run: () => void setBlocked(contact, !contact.is_blocked, where),
                },
              ]}
            >
              <Ellipsis />
            </Menu>
          </>
        ) : null}
      </header>
      {contact.is_blocked ? (
        <div className="banner warn">
          <p className="grow">{t("contact.blocked_note")}</p>
          {contact.can_act ? (
            <Button size="xs" onClick={() => void setBlocked(contact, false, where)}>
              {t("contact.unblock")}
            </Button>
          ) : null}
        </div>
      ) : null}
      <div className="contactgrid">
        <aside className="context" aria-label={t("contact.about", { name: shownName(contact) })}>
          <h2 className="sr">{t("contact.about", { name: shownName(contact) })}</h2>
          <section>
            <Facts contact={contact} scope={where} isWhole />
          </section>
          {contact.can_act ? <Duplicates contact={contact} onMerge={(other) => setMerging({ with: other })} /> : null}
          <Merged contact={contact} where={where} />
          <ReachOn id={contact.id} name={shownName(contact)} scope={where} />
          <Notes key={contact.id} id={contact.id} scope={where} />
        </aside>
        <Timeline contact={contact} users={where.users} />
      </div>
      {merging ? (
        <MergeDialog contact={contact} other={merging.with} where={where} onClose={() => setMerging(null)} />
      ) : null}
    </>
  );
}

/** Begins a conversation over the first channel by which they can be written to; over the others below, "Reach on". */
function Write({ contact, where }: { contact: Contact; where: People }) {
  const channels = useQuery(channelsQuery).data ?? [];
  const way = useQuery(reachQuery(contact.id)).data?.find(
    (one) => one.is_open && channels.some(({ kind, abilities }) => kind === one.kind && abilities.may_start),
  );
  if (!way) return null;
  return (
    <Button size="s" look="primary" icon={<SquarePen className="mid" />} onClick={() => writeFirst(where.me.id, way)}>
      {t("contact.write")}
    </Button>
  );
}

/** What was merged into this contact, each with its way back. */
function Merged({ contact, where }: { contact: Contact; where: People }) {
  const now = useNow();
  if (!contact.merged.length) return null;
  return (
    <Section name="merged" title={t("merge_contacts.merged")} count={String(contact.merged.length)}>
      <ul className="others">
        {contact.merged.map((one) => (
          <li key={one.merge_id}>
            <span>
              <span className="cut grow" dir="auto">
                {one.name || t("contact.unknown")}
              </span>
              <span className="muted">{rowTime(one.at, now)}</span>
              {contact.can_act ? (
                <Button size="xs" look="ghost" onClick={() => void undoMerge(one.merge_id, where.client)}>
                  {t("common.undo")}
                </Button>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
