/* The meeting that a message is about: what is asked, when by the reader's own clock, where, and from whom. As its sender says; nothing is answered here. */
import { CalendarDays, CalendarX } from "lucide-react";
import type { Message } from "../../api/types";
import { clock, day, fullTime } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";

/** As the server reads it (`Invitation` of its contract): "" where it is not said. Times are ISO 8601: a day, with Z, or without a zone that is known. */
interface Invitation {
  what: "request" | "cancel" | "reply" | "publish";
  title: string;
  starts: string;
  ends: string;
  written: string;
  place: string;
  organizer: string;
  is_update: boolean;
  is_repeated: boolean;
  is_alone: boolean;
  answer: "" | "accepted" | "declined" | "tentative";
}

export const invitationOf = (message: Message) => message.data.invitation as Invitation | undefined;

const ANSWERS: Record<Invitation["answer"], MessageId> = {
  "": "invitation.reply",
  accepted: "invitation.accepted",
  declined: "invitation.declined",
  tentative: "invitation.tentative",
};

function wordOf(found: Invitation): string {
  if (found.what === "reply") return t(ANSWERS[found.answer]);
  if (found.what === "cancel") return t("invitation.cancel");
  if (found.what === "publish") return t("invitation.publish");
  return t(found.is_update ? "invitation.update" : "invitation.request");
}

/** By the reader's clock; where the sender's zone is not known, as they wrote it. */
export function whenOf({ starts, ends, written }: Pick<Invitation, "starts" | "ends" | "written">): string {
  const isTime = starts.endsWith("Z");
  if (!isTime && starts.includes("T")) return written;
  if (!starts) return "";
  // A day is a day wherever one is: at noon, so that no clock moves it.
  const shown = (at: string) => (isTime ? fullTime(at) : day(`${at}T12:00:00`));
  if (!ends || ends === starts) return shown(starts);
  const isSameDay = isTime && new Date(starts).toDateString() === new Date(ends).toDateString();
  return `${shown(starts)}–${isSameDay ? clock(new Date(ends)) : shown(ends)}`;
}

export function InvitationCard({ message }: { message: Message }) {
  const found = invitationOf(message);
  if (!found) return null;
  const isOff = found.what === "cancel" || found.answer === "declined";
  const when = whenOf(found);
  return (
    <section className="invitation" aria-label={wordOf(found)}>
      {isOff ? <CalendarX /> : <CalendarDays />}
      <div className="grow">
        <p className="small-text soft">{wordOf(found)}</p>
        <p className={`strong ${found.what === "cancel" ? "calledoff" : ""}`} dir="auto">
          {found.title || t("invitation.no_title")}
        </p>
        {when ? (
          <p>
            {when}
            {found.is_repeated ? ` · ${t("invitation.repeated")}` : ""}
          </p>
        ) : null}
        {found.place ? (
          <p className="small-text soft" dir="auto">
            {found.place}
          </p>
        ) : null}
        {found.organizer ? (
          <p className="small-text soft" dir="auto">
            {found.organizer}
          </p>
        ) : null}
      </div>
    </section>
  );
}
