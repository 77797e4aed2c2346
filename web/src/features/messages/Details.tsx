import { useState } from "react";
import type { Message } from "../../api/types";
import { fullTime } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";
import { deliveryWords } from "./Delivery";
import { leftOut } from "./people";

interface Person {
  name?: string;
  address?: string;
}

const shown = ({ name, address }: Person) => (name && address ? `${name} <${address}>` : name || address || "");

/** Who, to whom, when and about what, in full. */
export function Details({ message }: { message: Message }) {
  const of = (role: string) => message.recipients.filter((one) => one.role === role);
  const others = leftOut(message);
  const hasCc = message.recipients.some((one) => one.role === "cc");
  const lines: [string, Person[], number?][] = [
    [t("details.from"), [message.sender]],
    [t("details.reply_to"), message.reply_to as Person[]],
    [t("details.to"), of("to"), hasCc ? 0 : others],
    [t("details.cc"), of("cc"), others],
    [t("details.bcc"), of("bcc")],
  ];
  return (
    <dl className="facts details">
      {lines.map(([name, people, more]) =>
        people.some((one) => shown(one)) ? (
          <div key={name}>
            <dt>{name}</dt>
            <People people={people} leftOut={more ?? 0} />
          </div>
        ) : null,
      )}
      {message.subject ? (
        <div>
          <dt>{t("details.subject")}</dt>
          <dd className="subject" dir="auto">
            {message.subject}
          </dd>
        </div>
      ) : null}
      <div>
        <dt>{t("details.date")}</dt>
        <dd>{fullTime(message.sent_at ?? message.created_at)}</dd>
      </div>
      {message.direction === "out" && message.state ? (
        <div>
          <dt>{t("details.delivery")}</dt>
          <dd>{deliveryWords(message)}</dd>
        </div>
      ) : null}
      {message.origin.word ? (
        <div>
          <dt>{t("details.origin")}</dt>
          <dd>{tOr(`origin.${message.origin.word}`, message.origin.word)}</dd>
        </div>
      ) : null}
    </dl>
  );
}

/** As many are shown at once; the rest when it is asked for. */
const FIRST = 20;

/** `leftOut`: so many more stand in the original alone. */
function People({ people, leftOut }: { people: Person[]; leftOut: number }) {
  const [isWhole, setWhole] = useState(false);
  const some = isWhole ? people : people.slice(0, FIRST);
  const count = people.length + leftOut - some.length;
  const canUnfold = people.length > some.length;
  return (
    <dd dir="auto">
      {some.map(shown).join(", ")}
      {canUnfold ? (
        <>
          {" "}
          <button type="button" className="linklike" onClick={() => setWhole(true)}>
            {t("details.and_more", { count })}
          </button>
        </>
      ) : null}
      {!canUnfold && leftOut > 0 ? ` ${t("details.left_out", { count })}` : null}
    </dd>
  );
}
