import { Eye } from "lucide-react";
import type { Id, User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { nameList } from "../../ui/format";
import { t } from "../../ui/i18n";
import { type Present, useOthersIn } from "./presence";
import "./presence.css";

interface Props {
  conversation: Id;
  users: readonly User[];
}

/** What somebody is called in a short line. */
export const shortName = (user: User) => user.first_name || user.name;

/** The people of these marks that are known, those who write (or read) only. */
function namesOf(here: readonly Present[], state: Present["state"], users: readonly User[]): string[] {
  return here
    .filter((one) => one.state === state)
    .map((one) => users.find((user) => user.id === one.userId))
    .filter((user): user is User => user !== undefined)
    .map(shortName);
}

/** For a row of the list: "Jonas writing", else "Jonas reading"; nothing when nobody else is there. */
export function PresenceMark({ conversation, users }: Props) {
  const here = useOthersIn(conversation);
  if (!here.length) return null;
  const writing = namesOf(here, "writing", users);
  const reading = namesOf(here, "reading", users);
  if (writing.length)
    return (
      <span className="presencemark writing">
        <span className="waitdots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
        <span className="cut">{t("presence.row_writing", { names: nameList(writing) })}</span>
      </span>
    );
  if (!reading.length) return null;
  return (
    <span className="presencemark">
      <Eye className="small" />
      <span className="cut">{t("presence.row_reading", { names: nameList(reading) })}</span>
    </span>
  );
}

/** For the thread's header: the colleagues who look at it too. */
export function WhoReads({ conversation, users }: Props) {
  const here = useOthersIn(conversation);
  const people = here
    .map((one) => users.find((user) => user.id === one.userId))
    .filter((user): user is User => user !== undefined);
  if (!people.length) return null;
  return (
    <span className="whoreads">
      {people.slice(0, 3).map((user) => (
        <Avatar key={user.id} name={user.name} seed={user.id} size={18} />
      ))}
      <span className="cut">
        {t("presence.reading", { count: people.length, names: nameList(people.map(shortName)) })}
      </span>
    </span>
  );
}
