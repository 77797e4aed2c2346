import { Link2, UserRoundPlus, X } from "lucide-react";
import { useState } from "react";
import type { Scope } from "../../actions/action";
import { contextAction } from "../../actions/list";
import { togglePane } from "../../actions/panes";
import type { Conversation } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button, IconButton } from "../../ui/Button";
import { shownKey } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";
import { contactName } from "../conversations/Row";
import { CreateDialog } from "./CreateDialog";
import { LinkDialog } from "./LinkDialog";

/** Somebody whom nobody knows yet: made a contact, or found among those who are known. */
export function Unknown({ conversation, scope }: { conversation: Conversation; scope: Scope }) {
  const [dialog, setDialog] = useState<"create" | "link" | null>(null);
  const close = () => setDialog(null);
  return (
    <section>
      <div className="person">
        <Avatar name="" seed={conversation.id} size={44} />
        <h2 className="grow" dir="auto">
          {contactName(conversation)}
        </h2>
        <IconButton
          className="s hidepane"
          label={t("contact.hide")}
          keys={shownKey(contextAction)}
          onClick={() => togglePane("hasContext")}
        >
          <X />
        </IconButton>
      </div>
      <p className="muted small-text">{t("contact.unknown_text")}</p>
      <div className="row wrap">
        <Button size="s" icon={<UserRoundPlus className="mid" />} onClick={() => setDialog("create")}>
          {t("contact.create")}
        </Button>
        <Button size="s" icon={<Link2 className="mid" />} onClick={() => setDialog("link")}>
          {t("contact.link")}
        </Button>
      </div>
      {dialog === "create" ? <CreateDialog conversation={conversation} scope={scope} onClose={close} /> : null}
      {dialog === "link" ? <LinkDialog conversation={conversation} scope={scope} onClose={close} /> : null}
    </section>
  );
}
