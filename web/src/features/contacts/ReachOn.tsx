import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Unplug } from "lucide-react";
import type { Scope } from "../../actions/action";
import { askComposer } from "../../actions/panes";
import { channelsQuery, reachQuery } from "../../api/queries";
import type { Channel, Conversation, Id, Reach } from "../../api/types";
import { useNow } from "../../ui/clock";
import { fullTime, span } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { inWords, useServerWords } from "../../ui/serverWords";
import { KindBadge } from "../channels/ChannelBadge";
import { noAddressWords } from "../drafts/waysOut";
import { writeAnew } from "../starting/writeAnew";
import { Section } from "./Section";

interface Props {
  id: string;
  name: string;
  /** The one beside which it stands. */
  conversation?: Conversation;
  scope: Pick<Scope, "me"> & Partial<Pick<Scope, "view">>;
}

/** Over which channels somebody can be written to, and why not over the others. The server decides. */
export function ReachOn({ id, name, conversation, scope }: Props) {
  const reach = useQuery(reachQuery(id));
  const channels = useQuery(channelsQuery).data ?? [];
  const first = name.split(" ")[0] ?? name;
  return (
    <Section name="reach" title={t("reach.title", { name: first })}>
      <Loading query={reach} queryKey={reachQuery(id).queryKey} rows={2} shape="line" isToldOverOld />
      {reach.data?.length === 0 ? <p className="muted small-text">{t("reach.none")}</p> : null}
      <ul className="others">
        {reach.data?.map((one) => (
          <li key={one.channel_account_id}>
            <Way
              reach={one}
              channel={channels.find((channel) => channel.kind === one.kind)}
              conversation={conversation}
              view={scope.view ?? "all"}
              me={scope.me.id}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface WayProps {
  reach: Reach;
  channel: Channel | undefined;
  conversation: Conversation | undefined;
  view: string;
  me: Id;
}

function Way({ reach, channel, conversation, view, me }: WayProps) {
  const now = useNow();
  useServerWords();
  const inside = (
    <>
      <KindBadge kind={reach.kind} />
      <span className="cut grow" title={[reach.name, ...reach.addresses].join("\n")}>
        {reach.name}
      </span>
      <State reach={reach} channel={channel} now={now} />
    </>
  );
  if (!reach.is_open) return <span className="shut">{inside}</span>;
  if (reach.channel_account_id === conversation?.channel_account_id)
    return (
      <button type="button" onClick={() => askComposer("reply")}>
        {inside}
      </button>
    );
  if (!reach.conversation_id)
    return (
      <button type="button" title={t("reach.write_first")} onClick={() => writeFirst(me, reach)}>
        {inside}
      </button>
    );
  return (
    <Link to="/inbox/$view/$conversation" params={{ view, conversation: reach.conversation_id }}>
      {inside}
    </Link>
  );
}

/** A new conversation with them, over this channel. */
export const writeFirst = (me: Id, { addresses, channel_account_id }: Reach, address = addresses[0]) =>
  writeAnew(me, { to: address ? [address] : [], channel_account_id });

const URGENT_MS = 3_600_000;
const SOON_MS = 4 * URGENT_MS;

function State({ reach, channel, now }: { reach: Reach; channel: Channel | undefined; now: Date }) {
  const { reason, until } = reach;
  const sentence = inWords(reach.sentence);
  if (reason === "" && until) {
    const left = Date.parse(until) - now.getTime();
    const look = left <= URGENT_MS ? "bad" : left <= SOON_MS ? "warn" : "";
    return (
      <span className={`chip s ${look}`} title={t("reach.closes_at", { time: fullTime(until) })}>
        <span className="window" />
        {t("reach.closes", { span: span(left) })}
      </span>
    );
  }
  if (reason === "") return <span className="muted">{t("reach.always")}</span>;
  if (reason === "paused" || reason === "broken")
    return (
      <span className="broken" title={sentence}>
        <Unplug className="small" />
        <span>{sentence || t(`reach.${reason}` as MessageId)}</span>
      </span>
    );
  const title = reason === "window_closed" && until ? t("reach.closed_at", { time: fullTime(until) }) : undefined;
  const words =
    reason === "no_address" ? noAddressWords(channel?.abilities.identity) : t(`reach.${reason}` as MessageId);
  return (
    <span className="muted" title={title}>
      {words}
    </span>
  );
}
