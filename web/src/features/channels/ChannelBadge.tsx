/* The small coloured square that says which channel. Its glyph comes from the server's catalogue and its colour from the token of the same name, so
 * no channel is named here. The glyph is drawn as a mask, never put into the page as markup. */
import { useQuery } from "@tanstack/react-query";
import type { CSSProperties } from "react";
import { channelsQuery } from "../../api/queries";
import type { Channel } from "../../api/types";

type Size = 14 | 16 | 32 | 48;

interface Props {
  channel: Channel;
  size?: Size;
  /** The name is read out unless it stands beside the badge. */
  isNamed?: boolean;
}

const styles = new Map<string, CSSProperties>();

function styleOf(channel: Channel): CSSProperties {
  const known = styles.get(channel.kind);
  if (known) return known;
  const style: Record<string, string> = {
    "--cc": `var(--ch-${channel.kind}, var(--ch-${channel.category}, var(--ch-custom)))`,
  };
  if (channel.icon) style["--glyph"] = `url("data:image/svg+xml,${encodeURIComponent(channel.icon)}")`;
  styles.set(channel.kind, style);
  return style;
}

export function ChannelBadge({ channel, size = 16, isNamed }: Props) {
  const name = isNamed ? { role: "img", "aria-label": channel.name, title: channel.name } : { "aria-hidden": true };
  return (
    <span className={`badge s${size}`} style={styleOf(channel)} {...name}>
      <i />
    </span>
  );
}

/** The catalogue entry of a kind, once the catalogue is here. */
export function useChannel(kind: string | undefined): Channel | undefined {
  return useQuery(channelsQuery).data?.find((channel) => channel.kind === kind);
}

export function KindBadge({ kind, ...rest }: { kind: string; size?: Size; isNamed?: boolean }) {
  const channel = useChannel(kind);
  return channel ? <ChannelBadge channel={channel} {...rest} /> : null;
}
