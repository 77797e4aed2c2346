import { ChevronDown } from "lucide-react";
import type { Channel, ChannelAccount } from "../../api/types";
import { shownKeys } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { ChannelBadge, KindBadge } from "../channels/ChannelBadge";

interface Props {
  account: ChannelAccount | undefined;
  channel: Channel;
  options: ChannelAccount[];
  onChoose: (account: ChannelAccount) => void;
}

const nameOf = (account: ChannelAccount | undefined, channel?: Channel) =>
  account?.address || account?.name || channel?.name || "";

/** By which channel account it leaves. Where there is only one, it is said and not asked. */
export function FromMenu({ account, channel, options, onChoose }: Props) {
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
  return (
    <Menu
      label={t("composer.from", { address: nameOf(account, channel) })}
      title={`${t("action.next_channel")} (${shownKeys("Mod+Shift+.")})`}
      className="pill bare frompill"
      align="end"
      side="top"
      items={options.map((one) => ({
        id: one.id,
        label: nameOf(one),
        icon: <KindBadge kind={one.kind} />,
        isChosen: one.id === account?.id,
        run: () => onChoose(one),
      }))}
    >
      {inside}
      <ChevronDown className="small" />
    </Menu>
  );
}
