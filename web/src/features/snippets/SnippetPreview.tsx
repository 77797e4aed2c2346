/* What a customer would get of a snippet, with values of a sample; and what the writer would have to fill in for somebody of whom nothing is known. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { channelsQuery, inboxesQuery } from "../../api/queries";
import type { User } from "../../api/types";
import { Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { tokenValues } from "../drafts/tokenValues";
import { htmlFromText } from "../editor/plain";
import { tokenWords } from "../editor/suggestions";
import { fillLine, fillTokens } from "../editor/tokens";
import { Written } from "../messages/Written";

export function SnippetPreview({ subject, text, html, me }: { subject: string; text: string; html: string; me: User }) {
  const client = useQueryClient();
  const [isUnknown, setUnknown] = useState(false);
  const channel = useQuery(channelsQuery).data?.find((one) => one.abilities.identity === "email");
  const inbox = useQuery(inboxesQuery).data?.[0];
  const contact = isUnknown
    ? { name: "", address: "" }
    : { name: t("snippets.sample_name"), address: "kari@example.com" };
  const about = { subject: t("snippets.sample_subject"), inbox_id: inbox?.id ?? "", contact };
  const values = tokenValues(about, { client, me }, channel);
  const markup = fillTokens(html || htmlFromText(text), values, tokenWords);
  return (
    <section className="snippetpreview" aria-label={t("snippets.preview")}>
      <h2>{t("snippets.preview")}</h2>
      <div className="sample" inert>
        {subject.trim() ? (
          <h3 className="samplesubject" dir="auto">
            {fillLine(subject, values)}
          </h3>
        ) : null}
        {text.trim() || html ? (
          <Written html={markup} text={text} files={[]} />
        ) : (
          <p className="soft">{t("snippets.preview_empty")}</p>
        )}
      </div>
      <Switch
        label={t("snippets.unknown_customer")}
        checked={isUnknown}
        onChange={(event) => setUnknown(event.target.checked)}
      />
    </section>
  );
}
