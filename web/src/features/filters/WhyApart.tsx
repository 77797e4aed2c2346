/* Over the messages of what was kept out of the inbox, or thrown away: why it is here, how long it stays, and the ways out. */
import { useQueryClient } from "@tanstack/react-query";
import { ShieldAlert, Trash2 } from "lucide-react";
import type { Scope } from "../../actions/action";
import { toggleMark } from "../../actions/steer";
import { post } from "../../api/client";
import { useMay } from "../../api/may";
import { keys } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { Button } from "../../ui/Button";
import { type MessageId, t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";

export const REASONS: Record<NonNullable<Conversation["spam_reason"]>, MessageId> = {
  manual: "spam.manual",
  blocked: "spam.contact_blocked",
  denied: "spam.denied",
  automated: "spam.automated",
  marketing: "spam.marketing",
  unsubscribe: "spam.unsubscribe",
  role_based: "spam.role_based",
  flood: "spam.flood",
};

interface Props {
  conversation: Conversation;
  scope: Scope;
}

export default function WhyApart(props: Props) {
  return props.conversation.is_trashed ? <ThrownAway {...props} /> : <KeptOut {...props} />;
}

function ThrownAway({ scope }: Props) {
  return (
    <div className="banner warn apart" role="note">
      <Trash2 className="mid" />
      <p className="grow">{t("trash.note")}</p>
      <Button size="xs" onClick={() => toggleMark({ ...scope, isAlone: true }, "is_trashed")}>
        {t("action.restore")}
      </Button>
    </div>
  );
}

function KeptOut({ conversation, scope: wide }: Props) {
  const client = useQueryClient();
  const may = useMay("account_access");
  const scope = { ...wide, isAlone: true };
  const reason = conversation.spam_reason ?? "manual";
  const address = conversation.contact?.address ?? "";
  const list = async (name: "allow" | "deny", then?: () => void) => {
    try {
      await post("/api/listed-senders", { list: name, text: address });
      await client.invalidateQueries({ queryKey: keys.listedSenders });
      toast(t(name === "allow" ? "spam.allowed" : "spam.blocked", { address }));
      then?.();
    } catch (problem) {
      toastError(problem);
    }
  };
  const release = () => toggleMark(scope, "is_spam");
  return (
    <div className="banner warn apart" role="note">
      <ShieldAlert className="mid" />
      <p className="grow">{t(REASONS[reason])}</p>
      <Button size="xs" onClick={release}>
        {t("spam.release")}
      </Button>
      {may && address.includes("@") && reason !== "blocked" ? (
        reason === "manual" ? (
          <Button size="xs" title={address} onClick={() => void list("deny")}>
            {t("spam.block")}
          </Button>
        ) : (
          <Button size="xs" title={address} onClick={() => void list("allow", release)}>
            {t("spam.allow")}
          </Button>
        )
      ) : null}
    </div>
  );
}
