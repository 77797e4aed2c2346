import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { nextChannelAction } from "../../actions/composing";
import { reachQuery } from "../../api/queries";
import type { Channel, ChannelAccount, Id, Reach } from "../../api/types";
import { useNow } from "../../ui/clock";
import { span } from "../../ui/format";
import { shownKeys } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { ChannelBadge, KindBadge } from "../channels/ChannelBadge";
import type { WayOut } from "./waysOut";

interface Props {
  account: ChannelAccount | undefined;
  channel: Channel;
  options: WayOut[];
  /** Whom it goes to, where that is known. */
  contact?: { id: Id | null; name: string } | null;
  onChoose: (account: ChannelAccount) => void;
}

const nameOf = (account: ChannelAccount | undefined, channel?: Channel) =>
  account?.address || account?.name || channel?.name || "";

/** By which channel account it leaves. Where there is only one, it is said and not asked. What cannot be chosen says why. */
export function FromMenu({ account, channel, options, contact, onChoose }: Props) {
  const [isOpen, setOpen] = useState(false);
  const now = useNow();
  const reach = useQuery({ ...reachQuery(contact?.id ?? ""), enabled: isOpen && Boolean(contact?.id) }).data;
  const inside = (
    <>
      <ChannelBadge channel={channel} size={14} />
      <span className="cut">{nameOf(account, channel)}</span>
    </>
  );
  if (options.length < 2)
    return (
      <span className="pill bare frompill" title={account?.address}>
        {inside}
      </span>
    );
  const hasKinds = new Set(options.map((one) => one.account.kind)).size > 1;
  return (
    <Menu
      label={t("composer.from", { address: nameOf(account, channel) })}
      title={`${t(nextChannelAction.label(null))} (${shownKeys(nextChannelAction.keys[0])})`}
      sheet={
        contact?.name ? t("composer.reply_on", { name: contact.name.split(" ")[0] ?? "" }) : t("composer.send_from")
      }
      className="pill bare frompill"
      align="end"
      side="top"
      isOpen={isOpen}
      onOpenChange={setOpen}
      items={options.map(({ account: one, reason, isOff }) => {
        const known = reach?.find((each) => each.channel_account_id === one.id);
        const isShut = known?.reason === "window_closed";
        return {
          id: one.id,
          label: nameOf(one),
          icon: <KindBadge kind={one.kind} />,
          isChosen: one.id === account?.id,
          hint: reason || (isShut ? t("reach.window_closed") : undefined),
          isOff: isOff || (isShut && one.id !== account?.id),
          count: reason || isShut ? undefined : leftWords(known, hasKinds, now),
          run: () => onChoose(one),
        };
      })}
    >
      {inside}
      <ChevronDown className="small" />
    </Menu>
  );
}

/** How long it stays open. Where all are of one channel, “always” would say nothing. */
function leftWords(reach: Reach | undefined, hasKinds: boolean, now: Date): string | undefined {
  if (!reach?.is_open) return undefined;
  if (reach.until) return t("reach.closes", { span: span(Date.parse(reach.until) - now.getTime()) });
  return hasKinds ? t("reach.always") : undefined;
}
