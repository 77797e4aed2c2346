/* What happened with a contact, newest first: conversations over all channels, notes, and what was changed about them. */
import { infiniteQueryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { History, Lock } from "lucide-react";
import { get, query } from "../../api/client";
import { contactPropertiesQuery, keys } from "../../api/queries";
import type { Contact, ContactProperty, Page, TimelineEntry, User } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { fullTime, messageTime, nameList } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { Empty } from "../../ui/States";
import { KindBadge } from "../channels/ChannelBadge";
import { shownValue } from "../contacts/PropertyFacts";
import { Text } from "../messages/Text";
import { placeOf } from "../search/placeOf";

const timelineQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.timeline(id),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      get<Page<TimelineEntry>>(`/api/contacts/${id}/timeline${query({ limit: 50, cursor: pageParam })}`, signal),
    getNextPageParam: (last) => last.next,
    staleTime: 10_000,
  });

export function Timeline({ contact, users }: { contact: Contact; users: readonly User[] }) {
  const list = useInfiniteQuery(timelineQuery(contact.id));
  const entries = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">{t("timeline.title")}</h2>
      <Loading query={list} queryKey={timelineQuery(contact.id).queryKey} rows={4} shape="row" isToldOverOld />
      {list.isSuccess && !entries.length ? (
        <Empty title={t("timeline.empty_title")} text={t("timeline.empty")} />
      ) : null}
      <ol>
        {entries.map((entry) => (
          <li key={entry.type + entry.id}>
            <Entry entry={entry} users={users} />
          </li>
        ))}
      </ol>
      {list.hasNextPage ? (
        <Button size="s" isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("timeline.more")}
        </Button>
      ) : null}
    </section>
  );
}

function Entry({ entry, users }: { entry: TimelineEntry; users: readonly User[] }) {
  const now = useNow();
  const properties = useQuery(contactPropertiesQuery).data ?? [];
  const by = (id: string | null) => users.find((user) => user.id === id)?.name ?? t("timeline.somebody");
  const when = (
    <time className="muted num" dateTime={entry.at} title={fullTime(entry.at)}>
      {messageTime(entry.at, now)}
    </time>
  );
  const { conversation, note, change } = entry;
  if (conversation)
    return (
      <Link className="card talk" to="/inbox/$view/$conversation" params={placeOf(conversation)}>
        <span className="row">
          <KindBadge kind={conversation.kind} isNamed />
          <span className="cut grow mid" dir="auto">
            {conversation.subject || conversation.preview || t("contact.unknown")}
          </span>
          <span className={`chip s ${conversation.status === "open" ? "ok" : ""}`}>
            {t(conversation.is_spam ? "search.spam" : conversation.status === "open" ? "status.open" : "search.closed")}
          </span>
          {when}
        </span>
        <span className="cut soft block" dir="auto">
          {conversation.preview}
        </span>
      </Link>
    );
  if (note)
    return (
      <article className="said">
        <p className="row small-text">
          <Lock className="small" />
          <span className="mid cut grow">{t("note.name", { author: by(note.author_id) })}</span>
          {when}
        </p>
        <Text text={note.text} />
      </article>
    );
  return (
    <p className="happened small-text">
      <History className="mid muted" />
      <span className="grow">{change ? sentenceOf(change, by, properties) : ""}</span>
      {when}
    </p>
  );
}

type Change = NonNullable<TimelineEntry["change"]>;

const PLAIN: Partial<Record<Change["kind"], MessageId>> = {
  created: "timeline.created",
  blocked: "timeline.blocked",
  unblocked: "timeline.unblocked",
  imported: "timeline.imported",
  import_undone: "timeline.import_undone",
};

function sentenceOf(change: Change, by: (id: string | null) => string, properties: readonly ContactProperty[]): string {
  const who = by(change.user_id);
  const plain = PLAIN[change.kind];
  if (plain) return t(plain, { who });
  const data = change.data as Record<string, string | null | undefined>;
  if (change.kind === "renamed")
    return t(change.user_id ? "timeline.renamed" : "timeline.signed", { who, name: data.to ?? "" });
  if (change.kind === "owner")
    return data.to ? t("timeline.owner", { who, name: by(data.to) }) : t("timeline.no_owner", { who });
  if (change.kind === "identity_added") return t("timeline.identity_added", { who, value: data.value ?? "" });
  if (change.kind === "identity_dropped") return t("timeline.identity_dropped", { who, value: data.value ?? "" });
  if (change.kind === "merged") return t("timeline.merged", { who, name: data.name || t("contact.unknown") });
  if (change.kind === "merge_undone")
    return t("timeline.merge_undone", { who, name: data.name || t("contact.unknown") });
  const changed = Object.entries((change.data as { properties?: Record<string, [unknown, unknown]> }).properties ?? {});
  const parts = changed.map(([key, [, after]]) => {
    const property = properties.find((one) => one.key === key);
    const shown = property ? shownValue(property, after) : String(after ?? "");
    return t("timeline.value", { name: property?.label ?? key, value: shown || t("property.none") });
  });
  return t("timeline.properties", { who, changes: nameList(parts) });
}
