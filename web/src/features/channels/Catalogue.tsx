/* What there is to connect (picture 02, below). */
import { useQuery } from "@tanstack/react-query";
import { channelsQuery } from "../../api/queries";
import type { Channel } from "../../api/types";
import { t } from "../../ui/i18n";
import { Failed } from "../../ui/States";
import { ChannelBadge } from "./ChannelBadge";

interface Props {
  wanted: string;
  /** Nothing is connected yet. */
  isFirst: boolean;
  onPick: (channel: Channel) => void;
}

export function Catalogue({ wanted, isFirst, onPick }: Props) {
  const channels = useQuery(channelsQuery);
  const found = channels.data?.filter((one) => !one.is_switched_off && matches(wanted, one.name, one.tagline));
  return (
    <>
      <h2 id="catalogue">{t(isFirst ? "channels.add_first" : "channels.add")}</h2>
      {channels.isError ? <Failed error={channels.error} onRetry={() => void channels.refetch()} /> : null}
      <ul className="cards catalogue" aria-labelledby="catalogue">
        {found?.map((channel) => (
          <li key={channel.kind}>
            <button type="button" className="card channelcard wide" onClick={() => onPick(channel)}>
              <span className="row">
                <ChannelBadge channel={channel} size={32} />
                <span className="grow">
                  <span className="mid block">{channel.name}</span>
                  <span className="small-text muted block">{channel.tagline}</span>
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found?.length === 0 ? <p className="soft">{t("channels.none_found", { words: wanted })}</p> : null}
    </>
  );
}

export const matches = (wanted: string, ...texts: string[]) =>
  texts.some((text) => text.toLocaleLowerCase().includes(wanted.trim().toLocaleLowerCase()));
