import { ChevronDown } from "lucide-react";
import type { Id, User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { assigneeName } from "../conversations/Row";

interface Props {
  /** What a screen reader says; `name` is null where it is nobody's. */
  label: (name: string | null) => string;
  users: readonly User[];
  ownerId: Id | null;
  /** Another one than now; null: nobody. */
  onChoose: (id: Id | null, name: string) => void;
}

/** Whose it is, and the way to give it to somebody else: of a contact, of a ticket. */
export function OwnerPick({ label, users, ownerId, onChoose }: Props) {
  const owner = users.find((one) => one.id === ownerId);
  const choose = (id: Id | null, name: string) => void (id !== ownerId && onChoose(id, name));
  return (
    <Menu
      label={label(owner ? assigneeName(owner) : null)}
      className="ownerpick"
      items={[
        {
          id: "nobody",
          label: t("assign.nobody"),
          icon: <span className="nobody" />,
          isChosen: !owner,
          run: () => choose(null, t("assign.nobody")),
        },
        ...users
          .filter((one) => one.is_active || one.id === owner?.id)
          .map((one, nth) => ({
            id: one.id,
            label: assigneeName(one),
            icon: <Avatar name={one.name} seed={one.id} size={18} />,
            isChosen: one.id === owner?.id,
            startsGroup: nth === 0,
            run: () => choose(one.id, one.name),
          })),
      ]}
    >
      {owner ? <Avatar name={owner.name} seed={owner.id} size={18} /> : <span className="nobody" />}
      <span className="cut">{owner?.name ?? t("assign.nobody")}</span>
      {owner?.status === "deactivated" ? <span className="chip s warn">{t("row.deactivated")}</span> : null}
      <ChevronDown className="small" />
    </Menu>
  );
}
