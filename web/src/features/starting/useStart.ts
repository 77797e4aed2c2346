/* Sends the first message of a new conversation and opens it. Nothing is cleared before the server has it, and the client id is kept with the draft:
 * sent again after a lost answer or a reload, it goes out once. */
import { type RefObject, useState } from "react";
import { flushSync } from "react-dom";
import type { Scope } from "../../actions/action";
import { stopWriting } from "../../actions/starting";
import { NoConnection, Problem, post } from "../../api/client";
import { newClientId } from "../../api/ids";
import { applyNow } from "../../api/live";
import { keys } from "../../api/queries";
import type { Abilities, ChannelAccount, Conversation, Message } from "../../api/types";
import { announce } from "../../ui/announce";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { openWords } from "../drafts/useSubmit";
import type { RichApi } from "../editor/create";
import { openFields, shownPictures, wireHtml } from "../editor/markup";
import { openTokens } from "../editor/tokens";
import { offerUndo } from "../sending/undoSend";
import { linesOf, type Mistakes, mistakesIn } from "./senders";
import type { NewDraft } from "./useNewDraft";

interface Given {
  kept: NewDraft;
  account: ChannelAccount | undefined;
  abilities: Abilities | undefined;
  scope: Scope;
  api: RefObject<RichApi | null>;
  /** What it waits for: files on their way up. */
  waits: string | null;
  /** Goes to the field that something is wrong with. */
  onWrong: (mistakes: Mistakes) => void;
}

const BESIDE = ["to", "cc", "bcc", "subject", "channel_account_id", "attachments"] as const;

export function useStart({ kept, account, abilities, scope, api, waits, onWrong }: Given) {
  const [mistakes, setMistakes] = useState<Mistakes>({});
  const [isBusy, setBusy] = useState(false);
  const [warned, setWarned] = useState("");
  const wrong = (found: Mistakes) => {
    // While it is busy the form takes no focus: it has to be free before the field is gone to.
    flushSync(() => {
      setBusy(false);
      setMistakes(found);
    });
    announce(Object.values(found).join(" "), "assertive");
    onWrong(found);
  };

  const submit = async () => {
    if (isBusy || !account) return;
    const draft = kept.now();
    const found = mistakesIn(draft, abilities);
    if (waits) found.attachments = waits;
    if (Object.keys(found).length) return wrong(found);
    const inSubject = openTokens(draft.subject ?? "");
    const missing = [...inSubject, ...openFields(draft.html)].join(", ");
    if (missing && warned !== missing) {
      setWarned(missing);
      const open: Mistakes = { [inSubject.length ? "subject" : "text"]: openWords(inSubject) };
      setMistakes(open);
      announce(openWords(inSubject), "assertive");
      if (inSubject.length) onWrong(open);
      else api.current?.nextField(true);
      return;
    }
    setMistakes({});
    setBusy(true);
    const client_id = draft.client_id ?? newClientId();
    kept.change({ client_id });
    kept.save();
    const shown = new Set(shownPictures(draft.html));
    const files = draft.attachments.filter((file) => !file.is_inline || shown.has(file.id));
    const lines = linesOf(abilities);
    const message = {
      channel_account_id: account.id,
      to: draft.to ?? [],
      ...(lines.includes("cc") && draft.cc?.length ? { cc: draft.cc } : {}),
      ...(lines.includes("bcc") && draft.bcc?.length ? { bcc: draft.bcc } : {}),
      text: draft.text.replace(/\s+$/, ""),
      html: draft.html && abilities?.text_format === "html" ? wireHtml(draft.html) : "",
      subject: abilities?.has_subject ? (draft.subject ?? "").trim() : "",
      attachments: files.map((file) => file.id),
      client_id,
    };
    try {
      const begun = await post<{ conversation: Conversation; message: Message }>("/api/conversations", message);
      const { client, me } = scope;
      kept.clear();
      stopWriting();
      applyNow(client, { type: "conversation.changed", data: { conversation: begun.conversation } }, me.id);
      void client.invalidateQueries({ queryKey: keys.views });
      scope.open(begun.conversation.id, "thread");
      announce(t("starting.sent"));
      const pending = {
        conversationId: begun.conversation.id,
        message: { type: "reply" as const, ...message },
        html: draft.html,
        attachments: files,
        author: { id: me.id, name: me.name },
        at: new Date().toISOString(),
        state: "sending" as const,
      };
      offerUndo(client, me.id)(pending, begun.message);
    } catch (problem) {
      const field = problem instanceof Problem ? BESIDE.find((one) => one === problem.field) : undefined;
      wrong({ [field ?? "text"]: problem instanceof NoConnection ? t("starting.no_connection") : sentence(problem) });
    }
  };
  return { submit, mistakes, setMistakes, isBusy, fields: openFields(kept.draft.html).length };
}
