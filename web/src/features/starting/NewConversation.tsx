/* Writing to somebody first, in a pane over the inbox: by which channel, to whom, and the first message. One can go on reading beside it. What is
 * written is a draft of this computer (useNewDraft.ts) until it is sent (useStart.ts) or thrown away. */
import { useQuery } from "@tanstack/react-query";
import { Trash2, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import type { Scope } from "../../actions/action";
import { openPalette } from "../../actions/finder";
import { starting, startingActions, startWriting, stopWriting } from "../../actions/starting";
import { channelAccountsQuery, channelsQuery, inboxesQuery } from "../../api/queries";
import { announce } from "../../ui/announce";
import { Button, IconButton } from "../../ui/Button";
import { useBackCloses } from "../../ui/backCloses";
import { shownKey, shownKeys } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";
import { Empty } from "../../ui/States";
import { useStore } from "../../ui/store";
import { ToastRoom, toast } from "../../ui/toasts";
import { BelowText } from "../drafts/BelowText";
import { ComposerBody, useField } from "../drafts/ComposerBody";
import { filesOf, hasFiles } from "../drafts/dropped";
import { FromMenu } from "../drafts/FromMenu";
import { Recipients } from "../drafts/Recipients";
import { bare } from "../drafts/recipients";
import { tokenValues } from "../drafts/tokenValues";
import { waitsFor } from "../drafts/useUploads";
import { EarlyLine, typedEarly } from "./EarlyLine";
import { isBlank, writeKept } from "./keptDraft";
import { linesOf, type Mistakes, senderOf, senders, sendersAndWhy } from "./senders";
import { leaveLine, useFocusIn } from "./useFocusIn";
import { useNewDraft } from "./useNewDraft";
import { useStart } from "./useStart";
import "../drafts/composer.css";
import "./starting.css";

const NOBODY: Set<string> = new Set();
const NAMES: Map<string, string> = new Map();

export default function NewConversation({ scope }: { scope: Scope }) {
  const id = useId();
  const accounts = useQuery(channelAccountsQuery).data;
  const channels = useQuery(channelsQuery).data;
  const inboxes = useQuery(inboxesQuery).data;
  const kept = useNewDraft(scope.me.id);
  const { draft, change } = kept;
  const isKnown = accounts !== undefined && channels !== undefined && inboxes !== undefined;
  const ways = isKnown ? sendersAndWhy(accounts, channels, inboxes) : [];
  const options = isKnown ? senders(accounts, channels, inboxes) : [];
  const account = senderOf(options, draft.channel_account_id, scope.view);
  const channel = channels?.find((one) => one.kind === account?.kind);
  const abilities = channel?.abilities;
  const format = abilities?.text_format;
  const pane = useRef<HTMLElement>(null);
  const [first] = useState(() => (draft.to?.length ? draft.text.length : null));
  const { to = [], cc = [], bcc = [] } = draft;
  const field = useField(kept, abilities);
  const { api, focus } = field;
  const values = () => {
    const name = /^"?([^"<]+?)"?\s*<[^>]+>$/.exec(to[0] ?? "")?.[1] ?? "";
    const contact = { name, address: bare(to[0] ?? "") };
    return tokenValues({ subject: draft.subject ?? "", inbox_id: account?.inbox_id ?? "", contact }, scope, channel);
  };
  const onWrong = (mistakes: Mistakes) => {
    const lines = [...(pane.current?.querySelectorAll<HTMLElement>(".addressline input") ?? [])];
    requestAnimationFrame(() => {
      const wrong = pane.current?.querySelector<HTMLElement>(".addressline input[aria-invalid]");
      if (wrong) wrong.focus();
      else if (mistakes.to) lines[0]?.focus();
      else focus();
    });
  };
  const sending = useStart({ kept, account, abilities, scope, api, waits: waitsFor(field.uploads), onWrong });
  const { mistakes, setMistakes, isBusy } = sending;

  const ask = useStore(starting, (state) => state.at);
  const asked = useRef(ask);
  // biome-ignore lint/correctness/useExhaustiveDependencies: answers each request once
  useEffect(() => {
    if (asked.current !== ask) focus();
    asked.current = ask;
  }, [ask]);
  useFocusIn(pane, focus, first === null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the text is there to take it
  useLayoutEffect(() => {
    const typed = account && first !== null ? typedEarly() : "";
    if (!typed) return;
    if (api.current) api.current.insertText(typed);
    else change({ text: draft.text + typed, html: "" });
  }, [account === undefined]);

  const close = () => {
    if (isBusy) return;
    leaveLine();
    kept.save();
    if (!isBlank(kept.now())) announce(t("starting.kept", { key: shownKey(startingActions[0]) || "none" }));
    stopWriting();
  };
  useBackCloses(close);
  const discard = () => {
    const before = kept.now();
    kept.clear();
    stopWriting();
    toast(
      t("starting.discarded"),
      () => {
        writeKept(scope.me.id, before);
        startWriting();
      },
      { isLasting: true },
    );
  };
  const submit = () => {
    leaveLine();
    void sending.submit();
  };
  const onChange: typeof change = (part) => {
    const rest = { ...mistakes };
    for (const name of Object.keys(part)) delete rest[name as keyof Mistakes];
    setMistakes(rest);
    change(part);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    // What hangs in a menu reaches here too, though it stands elsewhere.
    if (!(event.target instanceof Node) || !event.currentTarget.contains(event.target)) return;
    const isMod = event.ctrlKey || event.metaKey;
    if (event.key === "Escape" && event.defaultPrevented) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && isMod && !event.shiftKey) submit();
    // The keys of the screen behind rest while one is here; this one is no one's but in the text, where it makes a link.
    else if (event.key.toLowerCase() === "k" && isMod && !event.shiftKey && !event.defaultPrevented) openPalette();
    else if (event.key.toLowerCase() === "f" && isMod && event.shiftKey)
      pane.current?.querySelector<HTMLElement>("[data-attach]")?.click();
    else if (event.key.toLowerCase() === "l" && isMod && event.shiftKey)
      pane.current?.querySelector<HTMLElement>("[data-library]")?.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const canAttach = (abilities?.media_types.length ?? 0) > 0;
  return (
    <section ref={pane} role="dialog" aria-labelledby={id} className="starting" tabIndex={-1} onKeyDown={onKeyDown}>
      <header>
        <h2 id={id}>{t("action.new_conversation")}</h2>
        <span className="grow" />
        <IconButton label={t("starting.keep")} keys="Esc" onClick={close}>
          <X />
        </IconButton>
      </header>
      <ToastRoom />
      {isKnown ? null : <EarlyLine />}
      {isKnown && !account ? <Empty title={t("starting.none_title")} text={t("starting.none_text")} /> : null}
      {account && channel ? (
        <form
          className="composer"
          aria-label={t("action.new_conversation")}
          inert={isBusy}
          onSubmit={(event) => event.preventDefault()}
          onDragOver={(event) => hasFiles(event.dataTransfer) && event.preventDefault()}
          onDrop={(event) => {
            if (!hasFiles(event.dataTransfer) || event.defaultPrevented) return;
            event.preventDefault();
            if (canAttach) field.attach(filesOf(event.dataTransfer), false);
          }}
        >
          <div className="fromline">
            <span>{t("starting.from")}</span>
            <FromMenu
              account={account}
              channel={channel}
              options={ways}
              onChoose={(one) => onChange({ channel_account_id: one.id })}
            />
          </div>
          {mistakes.channel_account_id ? <p className="hint error">{mistakes.channel_account_id}</p> : null}
          <Recipients
            roles={linesOf(abilities)}
            addresses={{ to, cc, bcc }}
            newcomers={NOBODY}
            names={NAMES}
            type={channel.abilities.identity}
            subject={channel.abilities.has_subject ? { value: draft.subject, fallback: "" } : undefined}
            isNew
            typed={first === null ? typedEarly : undefined}
            errors={mistakes}
            onChange={onChange}
          />
          <ComposerBody
            field={field}
            kept={kept}
            change={onChange}
            format={format}
            abilities={abilities}
            canAttach={canAttach}
            startsAt={first}
            label={t("starting.label", { channel: account.name })}
            placeholder={t("starting.placeholder")}
            triggers={["snippet", "emoji"]}
            users={scope.users}
            values={values}
            onSubject={(subject) => {
              if (channel.abilities.has_subject && !draft.subject?.trim()) onChange({ subject });
            }}
            fields={sending.fields}
            onTouch={() => mistakes.text && setMistakes({ ...mistakes, text: undefined })}
            below={
              <BelowText
                draft={draft}
                way={{ account, quotes: format === "html" && channel.abilities.has_subject }}
                mode="forward"
                messages={[]}
                scope={scope}
                onChange={change}
              />
            }
            problems={
              <>
                {mistakes.attachments ? <p className="hint error">{mistakes.attachments}</p> : null}
                {mistakes.text ? <p className="hint error">{mistakes.text}</p> : null}
              </>
            }
          >
            <span className="row">
              <IconButton label={t("starting.discard")} onClick={discard}>
                <Trash2 />
              </IconButton>
              <Button
                look="primary"
                size="s"
                isBusy={isBusy}
                title={`${t("composer.send")} (${shownKeys("Mod+Enter")})`}
                onClick={submit}
              >
                {t("composer.send")}
              </Button>
            </span>
          </ComposerBody>
        </form>
      ) : null}
    </section>
  );
}
