/* What hangs below the pills: people, times, priorities, tags, inboxes. Each is a field with a list, so that two or three letters and Enter do it.
 * Fetched when the first of them opens. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { AlarmClock, AlarmClockOff, CalendarClock, Inbox, MessageCircleReply, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import type { Scope } from "../../actions/action";
import type { PickerKind } from "../../actions/pickers";
import { assignTo, moveTo, setPriority, snooze, targets, toggleTag, wake } from "../../actions/steer";
import { get, post } from "../../api/client";
import { inboxesQuery, keys, tagsQuery } from "../../api/queries";
import type { Assignee, Availability, Page, Tag } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { fullMoment, fullTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Picker, type PickerItem } from "../../ui/Picker";
import { toastError } from "../../ui/toasts";
import { WhenField } from "../../ui/WhenField";
import { fieldValue } from "../../ui/written";
import { StandingDot } from "../routing/StandingDot";
import { availabilityQuery, isLimited, loadWords, standingWords, ticketWords } from "../routing/standing";
import { fromField } from "../sending/times";
import { StagePicker } from "../tickets/StagePicker";
import { PRIORITIES, PriorityIcon } from "./Priority";
import { readMoment, snoozeChoices } from "./snoozeTimes";
import { COLORS, TagDot } from "./Tag";

interface Props {
  scope: Scope;
  close: () => void;
}

export default function Pickers({ kind, ...props }: Props & { kind: PickerKind }) {
  switch (kind) {
    case "assign":
      return <AssignPicker {...props} />;
    case "snooze":
      return <SnoozePicker {...props} />;
    case "priority":
      return <PriorityPicker {...props} />;
    case "tags":
      return <TagPicker {...props} />;
    case "move":
      return <MovePicker {...props} />;
    case "ticket":
      return <StagePicker {...props} />;
    default:
      return null;
  }
}

/** What all of them have in common; undefined where they differ. */
function common<T>(values: readonly T[]): T | undefined {
  return values.every((value) => value === values[0]) ? values[0] : undefined;
}

/** Everybody who may get it, with how much each has and whether they are here. */
function AssignPicker({ scope, close }: Props) {
  const list = targets(scope);
  const inboxId = common(list.map((one) => one.inbox_id)) ?? list[0]?.inbox_id ?? "";
  const loads = useQuery({
    queryKey: ["assignees", inboxId],
    queryFn: () => get<Page<Assignee>>(`/api/inboxes/${inboxId}/assignees`).then((page) => page.items),
    enabled: inboxId !== "",
    staleTime: 10_000,
  }).data;
  const standings = useQuery({ ...availabilityQuery, staleTime: 10_000 }).data ?? [];
  const standing = (id: string) => standings.find((one) => one.user_id === id);
  const chosen = common(list.map((one) => one.assignee_id));
  const people = loads ?? scope.users.filter((user) => user.is_active).map((user) => ({ ...user, open_count: null }));
  const sorted = people.toSorted((a, b) => Number(b.id === scope.me.id) - Number(a.id === scope.me.id));
  const items: PickerItem[] = [
    ...sorted.map((one) => ({
      id: one.id,
      label: one.id === scope.me.id ? t("assign.me", { name: one.name }) : one.name,
      keywords: scope.users.find((user) => user.id === one.id)?.email,
      hint: "is_here" in one ? loadOf(one, standing(one.id)) : undefined,
      detail: detailOf(one, standing(one.id)),
      icon: <Face user={one} standing={standing(one.id)} />,
      isChosen: one.id === chosen,
    })),
    { id: "", label: t("assign.nobody"), icon: <span className="nobody" />, isChosen: chosen === null },
  ];
  return (
    <Picker
      label={t("action.assign")}
      placeholder={t("assign.find")}
      items={items}
      onChoose={(item) => {
        close();
        assignTo(scope, item.id || null);
      }}
    />
  );
}

/** How somebody stands, and whether they are before the screen at this moment. */
function detailOf(one: object, standing: Availability | undefined): string | undefined {
  const isHere = "is_here" in one && one.is_here === true;
  if (!standing) return isHere ? t("assign.here") : undefined;
  const words = isHere
    ? t("assign.standing_here", { standing: standingWords(standing), here: t("assign.here") })
    : standingWords(standing);
  return [words, ticketWords(standing)].filter(Boolean).join(" · ");
}

const Face = ({ user, standing }: { user: { id: string; name: string }; standing: Availability | undefined }) => (
  <Avatar name={user.name} seed={user.id} size={20}>
    {standing ? <StandingDot status={standing.status} /> : null}
  </Avatar>
);

/** With the limit, where there is one: it holds for rules, by hand more can be given. */
function loadOf(one: Assignee, standing: Availability | undefined): string {
  if (standing && isLimited(standing)) return loadWords(standing);
  return t(one.is_capped ? "assign.load_capped" : "assign.load", { count: one.open_count });
}

function SnoozePicker({ scope, close }: Props) {
  const [now] = useState(() => new Date());
  const [isPicking, setPicking] = useState(false);
  const isSnoozed = targets(scope).some((one) => one.is_snoozed);
  const items: PickerItem[] = [
    ...snoozeChoices(now).map(({ name, at }) => ({
      id: String(at.getTime()),
      label: t(`snooze.${name}`),
      hint: fullMoment(at, now),
      icon: <AlarmClock />,
    })),
    { id: "answer", label: t("snooze.answer"), icon: <MessageCircleReply /> },
    { id: "pick", label: t("snooze.at"), icon: <CalendarClock /> },
    ...(isSnoozed ? [{ id: "wake", label: t("snooze.wake"), icon: <AlarmClockOff /> }] : []),
  ];
  const forText = (text: string): PickerItem[] => {
    const at = readMoment(text, now);
    if (!at) return [];
    return [
      {
        id: String(at.getTime()),
        label: t("snooze.until", { time: fullMoment(at, now) }),
        icon: <AlarmClock />,
      },
    ];
  };
  if (isPicking) return <MomentForm now={now} close={close} onChoose={(at) => snooze(scope, at)} />;
  return (
    <Picker
      label={t("action.snooze")}
      placeholder={t("snooze.find")}
      items={items}
      forText={forText}
      empty={t("snooze.not_read")}
      onChoose={({ id }) => {
        if (id === "pick") return setPicking(true);
        close();
        if (id === "wake") wake(scope);
        else snooze(scope, id === "answer" ? null : new Date(Number(id)));
      }}
    />
  );
}

function MomentForm({ now, close, onChoose }: { now: Date; close: () => void; onChoose: (at: Date) => void }) {
  const [value, setValue] = useState(() => fieldValue(new Date(now.getTime() + 24 * 3_600_000)));
  const [error, setError] = useState<string | null>(null);
  const at = fromField(value);
  return (
    <form
      className="fields"
      onSubmit={(event) => {
        event.preventDefault();
        if (!at || at.getTime() <= Date.now()) return setError(t("snooze.past"));
        close();
        onChoose(at);
      }}
    >
      <WhenField
        label={t("snooze.at")}
        hint={at ? fullTime(at.toISOString()) : undefined}
        value={value}
        min={fieldValue(now)}
        autoFocus
        error={error}
        onChange={(written) => setValue(written ?? "")}
      />
      <Button type="submit" look="primary">
        {t("action.snooze")}
      </Button>
    </form>
  );
}

function PriorityPicker({ scope, close }: Props) {
  const chosen = common(targets(scope).map((one) => one.priority));
  return (
    <Picker
      label={t("action.priority")}
      placeholder={t("priority.pick")}
      items={PRIORITIES.map((priority) => ({
        id: priority,
        label: t(`priority.${priority}`),
        icon: <PriorityIcon priority={priority} />,
        isChosen: priority === chosen,
      }))}
      onChoose={({ id }) => {
        close();
        const priority = PRIORITIES.find((one) => one === id);
        if (priority) setPriority(scope, priority);
      }}
    />
  );
}

function TagPicker({ scope }: Props) {
  const client = useQueryClient();
  const tags = useQuery(tagsQuery).data ?? [];
  const list = targets(scope);
  const forText = useMemo(
    () => (text: string) => {
      const isThere = tags.some((tag) => tag.name.toLowerCase() === text.toLowerCase());
      return isThere ? [] : [{ id: "", label: t("tags.create", { name: text }), icon: <Plus /> }];
    },
    [tags],
  );
  const create = async (name: string) => {
    try {
      const tag = await post<Tag>("/api/tags", { name, color: COLORS[tags.length % COLORS.length] });
      client.setQueryData<Tag[]>(keys.tags, (old) => [...(old ?? []), tag]);
      toggleTag(scope, tag.id, tag.name);
    } catch (problem) {
      toastError(problem);
    }
  };
  return (
    <Picker
      label={t("action.tags")}
      placeholder={t("tags.find")}
      isMulti
      items={tags.map((tag) => ({
        id: tag.id,
        label: tag.name,
        icon: <TagDot color={tag.color} />,
        isChosen: list.every((one) => one.tag_ids.includes(tag.id)),
      }))}
      forText={forText}
      empty={t("tags.empty")}
      onChoose={(item, text) => (item.id ? toggleTag(scope, item.id, item.label) : void create(text))}
    />
  );
}

function MovePicker({ scope, close }: Props) {
  const inboxes = useQuery(inboxesQuery).data ?? [];
  const here = common(targets(scope).map((one) => one.inbox_id));
  return (
    <Picker
      label={t("action.move")}
      placeholder={t("action.move")}
      items={inboxes
        .filter((inbox) => !inbox.archived_at)
        .map((inbox) => ({ id: inbox.id, label: inbox.name, icon: <Inbox />, isChosen: inbox.id === here }))}
      onChoose={(item) => {
        close();
        moveTo(scope, item.id, item.label);
      }}
    />
  );
}
