import { Link } from "@tanstack/react-router";
import { ArrowUpRight, Ellipsis, X } from "lucide-react";
import { useState } from "react";
import type { Scope } from "../../actions/action";
import { contextAction } from "../../actions/list";
import { togglePane } from "../../actions/panes";
import type { Contact, Conversation } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { IconButton } from "../../ui/Button";
import { day } from "../../ui/format";
import { shownKey } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { contactName } from "../conversations/Row";
import { changeContact, setBlocked, type Where } from "./changes";
import { LinkDialog } from "./LinkDialog";

interface Props {
  contact: Contact | undefined;
  conversation: Conversation;
  scope: Scope;
}

/** Face and name. The name is changed where it stands. */
export function PersonHead({ contact, conversation, scope }: Props) {
  const [isNaming, setNaming] = useState(false);
  const [isLinking, setLinking] = useState(false);
  const name = contactName(conversation);
  return (
    <div className="person">
      <Avatar name={contact?.name || name} seed={conversation.contact?.address || conversation.id} size={44} />
      <div className="grow">
        {isNaming && contact ? (
          <NameField contact={contact} scope={scope} onDone={() => setNaming(false)} />
        ) : (
          <h2 dir="auto">
            {contact?.can_act ? (
              <button type="button" title={t("contact.rename")} onClick={() => setNaming(true)}>
                {name}
              </button>
            ) : (
              name
            )}
          </h2>
        )}
        {contact ? (
          <p className="muted small-text">
            {contact.is_blocked ? <span className="chip s bad">{t("contact.blocked")}</span> : null}{" "}
            {t("contact.since_day", { day: day(contact.created_at) })}
          </p>
        ) : null}
      </div>
      {contact ? (
        <Link
          className="iconbtn s"
          to="/contacts/$contact"
          params={{ contact: contact.id }}
          aria-label={t("contact.open_page")}
          title={t("contact.open_page")}
        >
          <ArrowUpRight />
        </Link>
      ) : null}
      {contact && !contact.can_act ? null : (
        <Menu
          label={t("contact.menu")}
          className="iconbtn s"
          align="end"
          items={[
            { id: "rename", label: t("contact.rename"), run: () => setNaming(true) },
            { id: "link", label: t("contact.link_other"), run: () => setLinking(true) },
            ...(contact
              ? [
                  {
                    id: "block",
                    label: t(contact.is_blocked ? "contact.unblock" : "contact.block"),
                    isDangerous: !contact.is_blocked,
                    startsGroup: true,
                    run: () => void setBlocked(contact, !contact.is_blocked, scope),
                  },
                ]
              : []),
          ]}
        >
          <Ellipsis />
        </Menu>
      )}
      <IconButton
        className="s hidepane"
        label={t("contact.hide")}
        keys={shownKey(contextAction)}
        onClick={() => togglePane("hasContext")}
      >
        <X />
      </IconButton>
      {isLinking ? <LinkDialog conversation={conversation} scope={scope} onClose={() => setLinking(false)} /> : null}
    </div>
  );
}

export function NameField({ contact, scope, onDone }: { contact: Contact; scope: Where; onDone: () => void }) {
  const [name, setName] = useState(contact.name);
  const save = () => {
    onDone();
    const wanted = name.trim();
    if (wanted && wanted !== contact.name) void changeContact(contact, { name: wanted }, scope, t("contact.renamed"));
  };
  return (
    <span className="input">
      <input
        autoFocus
        aria-label={t("contact.name")}
        value={name}
        maxLength={200}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === "Enter") save();
          else if (event.key === "Escape") {
            event.preventDefault();
            onDone();
          } else return;
          event.stopPropagation();
        }}
      />
    </span>
  );
}
