/* What goes along below the text: the signature that the channel adds, and what is quoted or passed on, folded. */
import { useQuery } from "@tanstack/react-query";
import { Ellipsis, X } from "lucide-react";
import { useState } from "react";
import type { Scope } from "../../actions/action";
import type { Mode } from "../../actions/panes";
import { signatureQuery } from "../../api/queries";
import type { Message } from "../../api/types";
import { IconButton } from "../../ui/Button";
import { fileSize, messageTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { authorOf } from "../messages/author";
import { Thumb } from "../messages/Files";
import type { Draft } from "./drafts";
import { answered, lineCount, quoteOf } from "./quote";
import type { Way } from "./useWay";

interface Props {
  draft: Draft;
  way: Pick<Way, "quotes" | "account">;
  mode: Mode;
  messages: Message[];
  /** What is forwarded. */
  passedOn?: Message | undefined;
  scope: Scope;
  onChange: (part: Partial<Draft>) => void;
}

export function BelowText({ draft, way, mode, messages, passedOn, scope, onChange }: Props) {
  const [isOpen, setOpen] = useState(false);
  const hasSignature = way.quotes && mode !== "comment" && way.account !== undefined;
  const signature = useQuery({ ...signatureQuery(way.account?.id ?? ""), enabled: hasSignature }).data?.text.trim();
  if (mode === "comment" || !way.quotes) return null;
  // The server takes them along; they are shown so that nobody attaches them again.
  const files = mode === "forward" ? (passedOn?.attachments.filter((one) => !one.is_inline) ?? []) : [];
  const quoted =
    draft.has_no_quote && mode === "reply"
      ? ""
      : quoteOf(mode === "forward" ? passedOn : answered(messages), scope.users);
  if (!signature && !quoted && !files.length) return null;
  const words = mode === "forward" ? "composer.forwarded" : "mail.quoted";
  return (
    <div className="belowtext">
      {signature ? (
        <p className="signature" title={t("composer.signature")} dir="auto">
          <span className="sr">{t("composer.signature")}: </span>
          {signature}
        </p>
      ) : null}
      {quoted ? (
        <div className="row">
          <button type="button" className="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <Ellipsis className="small" />
            {t(words, { count: lineCount(quoted) })}
          </button>
          {mode === "forward" && passedOn ? (
            <span className="muted small-text cut">
              {t("composer.forwarded_of", {
                author: authorOf(passedOn, scope),
                time: messageTime(passedOn.created_at, new Date()),
              })}
            </span>
          ) : null}
          {mode === "reply" ? (
            <IconButton label={t("composer.no_quote")} className="s" onClick={() => onChange({ has_no_quote: true })}>
              <X className="small" />
            </IconButton>
          ) : null}
        </div>
      ) : null}
      {quoted && isOpen ? (
        <div className="quote text" dir="auto">
          {quoted}
        </div>
      ) : null}
      {files.length ? (
        <ul className="files" aria-label={t("composer.forwarded_files")}>
          {files.map((file) => (
            <li key={file.id} className="file" title={t("composer.forwarded_files")}>
              <Thumb file={file} />
              <span className="cut mid">{file.name}</span>
              <span className="muted">{fileSize(file.size)}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
