/* A set-up that was begun and connects to nothing yet. */
import { useQueryClient } from "@tanstack/react-query";
import { CircleDashed } from "lucide-react";
import { post, remove } from "../../api/client";
import { keys } from "../../api/queries";
import type { ChannelDraft } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { timeInSentence } from "../../ui/format";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";
import { ChannelBadge, useChannel } from "./ChannelBadge";
import { fieldsOf, type Values } from "./schema";

export function DraftCard({ draft, onOpen }: { draft: ChannelDraft; onOpen: () => void }) {
  const channel = useChannel(draft.kind);
  const client = useQueryClient();
  const now = useNow();
  // What tells it from another one of its kind: what the channel cannot do without.
  const named = channel && fieldsOf(channel.config_schema).find((field) => field.isRequired && !field.choices.length);
  const typed = named ? String((draft.config as Values)[named.name] ?? "") : "";
  const again = () => client.invalidateQueries({ queryKey: keys.channelDrafts });
  const drop = async () => {
    const { id: _, kept_secrets: __, updated_at: ___, ...typed } = draft;
    try {
      await remove(`/api/channel-drafts/${draft.id}`);
      // What was secret in it is gone for good: it is typed again.
      const back = () => post("/api/channel-drafts", typed);
      toast(t("channels.draft_dropped"), () => void back().then(again, (problem) => toastError(problem)));
    } catch (problem) {
      toastError(problem);
    }
    await again();
  };
  return (
    <article className="card channelcard unfinished" aria-label={draft.name}>
      <div className="row">
        {channel ? <ChannelBadge channel={channel} size={32} /> : null}
        <div className="grow">
          <h3>{draft.name || channel?.name}</h3>
          <p className="small-text muted">{typed || channel?.name}</p>
        </div>
        <Button size="s" aria-label={t("channels.continue_named", { name: draft.name })} onClick={onOpen}>
          {t("channels.continue")}
        </Button>
      </div>
      <div className="row health unfinished">
        <CircleDashed />
        <div className="small-text">
          <p className="strong">{t("health.unfinished")}</p>
          <p className="muted">{t("channels.draft_text", { when: timeInSentence(draft.updated_at, now) })}</p>
        </div>
      </div>
      <div className="cardfoot">
        <Button
          look="ghost"
          size="xs"
          aria-label={`${t("channels.draft_drop")}: ${draft.name || channel?.name}`}
          onClick={() => void drop()}
        >
          {t("channels.draft_drop")}
        </Button>
      </div>
    </article>
  );
}
