import { CircleAlert, History, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { live, retryLive } from "../../api/live";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { RetryLine } from "../connection/RetryLine";
import { useCutFor } from "../conversations/LivePill";
import { flush, outbox } from "../messages/pending";
import type { Draft } from "./drafts";
import type { Return } from "./refused";

interface Props {
  notice: Return | null;
  /** What there is to say about a channel that takes no answer now. */
  shut: ReactNode;
  offer: Draft | null;
  /** Only a colleague may answer here: what there is to do about it. */
  only: ReactNode;
  /** What there is to say about a colleague who replies too. */
  collision: ReactNode;
  onSendAnyway: () => void;
  onDiscard: () => void;
  onTakeOffer: () => void;
  onDropOffer: () => void;
}

/** What a draft is about, in a few words: also of one that is only files, a subject or people so far. */
const gist = ({ text, attachments, subject, to, cc, bcc }: Draft) =>
  text.trim().slice(0, 80) ||
  attachments.map((file) => file.name).join(", ") ||
  subject ||
  [...(to ?? []), ...(cc ?? []), ...(bcc ?? [])].join(", ");

/** One banner over the composer at a time, the worst first: not mine to answer, a closed window, refused, held back, no connection, a colleague who replies too, a newer draft elsewhere. */
export function ComposeNotice(props: Props) {
  const { notice, only, shut, offer, collision, onSendAnyway, onDiscard, onTakeOffer, onDropOffer } = props;
  const connection = useStore(live, (state) => state.connection);
  const waiting = useStore(outbox, (state) => state.entries.filter((entry) => entry.state === "waiting").length);
  const newest = notice?.newer?.at(-1);
  const isCut = useCutFor(10_000);
  if (only) return only;
  if (shut) return shut;
  if (notice?.text)
    return (
      <div className={`banner ${notice.isNewer ? "info" : "bad"}`} role="alert">
        <CircleAlert />
        <span className="mid">{notice.isNewer ? t("composer.newer") : notice.text}</span>
        {newest ? (
          <span className="cut" title={newest.text}>
            {t("composer.newer_words", { name: newest.author || t("contact.unknown"), text: newest.text })}
          </span>
        ) : null}
        {notice.isNewer ? (
          <>
            <Button size="xs" onClick={onSendAnyway}>
              {t("composer.send_anyway")}
            </Button>
            <Button size="xs" look="ghost" onClick={onDiscard}>
              {t("composer.discard")}
            </Button>
          </>
        ) : null}
      </div>
    );
  if (isCut || (connection !== "live" && waiting > 0))
    return (
      <div className="banner" role="status">
        <WifiOff />
        <RetryLine />
        {waiting > 0 ? <span>{t("live.waiting", { count: waiting })}</span> : null}
        <Button
          size="xs"
          onClick={() => {
            retryLive();
            void flush();
          }}
        >
          {t("live.try_now")}
        </Button>
      </div>
    );
  if (collision) return collision;
  if (offer)
    return (
      <div className="banner info" role="status">
        <History />
        <span className="mid">{t("draft.newer")}</span>
        <span className="cut">{gist(offer)}</span>
        <Button size="xs" onClick={onTakeOffer}>
          {t("draft.use")}
        </Button>
        <Button size="xs" look="ghost" onClick={onDropOffer}>
          {t("draft.keep")}
        </Button>
      </div>
    );
  return null;
}
