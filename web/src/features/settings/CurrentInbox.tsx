/* The “current view” of the settings: the inbox that is being configured. It stands in the address. */
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, Inbox as InboxIcon } from "lucide-react";
import type { Inbox } from "../../api/types";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";

interface Props {
  inboxes: readonly Inbox[];
  current: Inbox;
}

const nameOf = ({ name, is_archived }: Inbox) => (is_archived ? t("inboxes.archived_name", { name }) : name);

export function CurrentInbox({ inboxes, current }: Props) {
  const navigate = useNavigate();
  return (
    <Menu
      label={t("inboxes.current", { name: nameOf(current) })}
      className="currentview"
      items={inboxes.map((inbox) => ({
        id: inbox.id,
        label: nameOf(inbox),
        icon: <InboxIcon />,
        isChosen: inbox.id === current.id,
        run: () => void navigate({ to: "/settings/$section/$item", params: { section: "inboxes", item: inbox.id } }),
      }))}
    >
      {nameOf(current)}
      <ChevronDown className="small" />
    </Menu>
  );
}
