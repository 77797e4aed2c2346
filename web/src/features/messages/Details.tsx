import type { Message } from "../../api/types";
import { fullTime } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";
import { deliveryWords } from "./Delivery";

interface Person {
  name?: string;
  address?: string;
}

const shown = ({ name, address }: Person) => (name && address ? `${name} <${address}>` : name || address || "");

/** Who, to whom, when and about what, in full. */
export function Details({ message }: { message: Message }) {
  const of = (role: string) => message.recipients.filter((one) => one.role === role);
  const lines: [string, Person[]][] = [
    [t("details.from"), [message.sender]],
    [t("details.reply_to"), message.reply_to as Person[]],
    [t("details.to"), of("to")],
    [t("details.cc"), of("cc")],
    [t("details.bcc"), of("bcc")],
  ];
  return (
    <dl className="facts details">
      {lines.map(([name, people]) =>
        people.some((one) => shown(one)) ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{people.map(shown).join(", ")}</dd>
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
