import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { nameWithin } from "../../api/channelWords";
import { channelsQuery } from "../../api/queries";
import type { ChannelAccount, Inbox } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { ChannelBadge } from "../channels/ChannelBadge";
import { Connected } from "../channels/Connected";
import { ConnectForm } from "../channels/ConnectForm";
import { loadDemo } from "../demo/demo";

interface Props {
  inbox: Inbox | null;
  /** The form of the picked channel is open, rather than the choice. */
  isConnecting: boolean;
  onConnecting: (isConnecting: boolean) => void;
  onDone: () => void;
}

/** Step 3: one channel to begin with, out of what the server offers, connected by the form its settings describe; or a look around with demo data. */
export function FirstChannel({ inbox, isConnecting, onConnecting, onDone }: Props) {
  const channels = useSuspenseQuery(channelsQuery).data;
  const [kind, setKind] = useState(channels[0]?.kind);
  const [made, setMade] = useState<ChannelAccount | null>(null);
  const channel = channels.find((one) => one.kind === kind);
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const lookAround = async () => {
    setAsking(true);
    setProblem(null);
    try {
      await loadDemo(client);
      onDone();
    } catch (error) {
      setProblem(error);
    } finally {
      setAsking(false);
    }
  };

  if (made) return <Connected account={made} onDone={onDone} />;
  if (isConnecting && channel)
    return (
      <>
        <h1>{t("connect.title", { channel: nameWithin(channel) })}</h1>
        <ConnectForm channel={channel} inboxId={inbox?.id} onDone={setMade} />
      </>
    );
  return (
    <>
      <h1>{t("setup.channel_title")}</h1>
      <p className="lead">{t("setup.channel_lead")}</p>
      <fieldset className="picks">
        <legend className="sr">{t("setup.channel_title")}</legend>
        {channels.map((one) => (
          <label key={one.kind} className="pick">
            <input type="radio" name="channel" checked={one.kind === kind} onChange={() => setKind(one.kind)} />
            <ChannelBadge channel={one} size={32} />
            <span>
              <span className="block mid">{one.name}</span>
              <span className="block small-text muted">{one.tagline}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="fields buttons">
        {channel ? (
          <Button look="primary" size="l" className="wide" onClick={() => onConnecting(true)}>
            {t("setup.connect", { channel: nameWithin(channel) })}
          </Button>
        ) : null}
        <Button size="l" className="wide" icon={<FlaskConical />} isBusy={isAsking} onClick={() => void lookAround()}>
          {t("setup.demo")}
        </Button>
        {problem ? (
          <p className="hint error" role="alert">
            {sentence(problem)}
          </p>
        ) : null}
        <p className="hint">{t("setup.demo_hint")}</p>
      </div>
    </>
  );
}
