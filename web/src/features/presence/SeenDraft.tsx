import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { Problem } from "../../api/client";
import type { Id, User } from "../../api/types";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { Dialog } from "../../ui/Dialog";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { shortName } from "./PresenceMark";
import { draftOf } from "./takeover";

const REFRESH_MS = 3000;

interface Props {
  conversation: Id;
  user: User;
  onClose: () => void;
}

async function copy(text: string): Promise<void> {
  if (await copyText(text)) announce(t("common.copied"));
}

/** What a colleague has written so far, moving on while they write. */
export function SeenDraft({ conversation, user, onClose }: Props) {
  const draft = useQuery({
    queryKey: ["draft-of", conversation, user.id],
    queryFn: () => draftOf(conversation, user.id),
    refetchInterval: REFRESH_MS,
    staleTime: 0,
    gcTime: 0,
  });
  const isNone = draft.error instanceof Problem && draft.error.status === 404;
  return (
    <Dialog title={t("presence.draft_of", { name: shortName(user) })} onClose={onClose}>
      {draft.data ? (
        <div className="fields">
          <p className="seendraft" dir="auto">
            {draft.data.text || t("presence.draft_empty")}
          </p>
          <p>
            <Button size="s" icon={<Copy />} onClick={() => void copy(draft.data.text)}>
              {t("common.copy")}
            </Button>
          </p>
        </div>
      ) : draft.isPending ? (
        <Skeleton rows={2} shape="message" />
      ) : isNone ? (
        <p className="soft">{t("presence.draft_none")}</p>
      ) : (
        <Failed error={draft.error} onRetry={() => void draft.refetch()} />
      )}
    </Dialog>
  );
}
