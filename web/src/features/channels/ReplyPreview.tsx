/* A real reply as a chosen person would send it, with what is typed but not saved. The server makes the very message; here it is only shown. */
import { useQuery } from "@tanstack/react-query";
import { Monitor, Send, Smartphone } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { post } from "../../api/client";
import { sessionQuery, usersQuery } from "../../api/queries";
import type { ChannelAccount, Id, ReplyPreview as Shown } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { Skeleton, sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import type { Values } from "./schema";

const PAUSE_MS = 400;

export function ReplyPreview({ account, config }: { account: ChannelAccount; config: Values }) {
  const me = useQuery(sessionQuery).data?.user;
  const users = useQuery(usersQuery).data?.filter((one) => one.is_active) ?? [];
  const [userId, setUserId] = useState<Id | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isPhone, setPhone] = useState(false);
  const sample = {
    subject: t("reply_preview.subject"),
    text: t("reply_preview.text"),
    config,
    user_id: userId ?? me?.id ?? null,
  };
  const asked = usePaused(JSON.stringify(sample));
  const shown = useQuery({
    queryKey: ["reply-preview", account.id, asked],
    queryFn: () => post<Shown>(`/api/channel-accounts/${account.id}/preview`, JSON.parse(asked)),
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
  const send = async () => {
    setBusy(true);
    try {
      const { address } = await post<{ address: string }>(
        `/api/channel-accounts/${account.id}/preview/sending`,
        sample,
      );
      toast(t("reply_preview.sent", { address }));
    } catch (problem) {
      toastError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <div className="row">
        <h3 className="grow">{t("reply_preview.title")}</h3>
        <Select
          label={t("reply_preview.by")}
          value={userId ?? me?.id ?? ""}
          onChange={(event) => setUserId(event.target.value)}
        >
          {users.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </Select>
        <fieldset className="seg">
          <legend className="sr">{t("reply_preview.device")}</legend>
          {[false, true].map((phone) => (
            <label key={String(phone)} title={t(phone ? "reply_preview.phone" : "reply_preview.desktop")}>
              <input type="radio" name="device" checked={isPhone === phone} onChange={() => setPhone(phone)} />
              {phone ? <Smartphone className="mid" /> : <Monitor className="mid" />}
              <span className="sr">{t(phone ? "reply_preview.phone" : "reply_preview.desktop")}</span>
            </label>
          ))}
        </fieldset>
      </div>
      {shown.data ? (
        <Mail mail={shown.data} isStale={shown.isFetching} isPhone={isPhone} />
      ) : shown.isError ? (
        <p className="hint error" role="alert">
          {sentence(shown.error)}
        </p>
      ) : (
        <Skeleton rows={1} shape="message" />
      )}
      <p className="row">
        <Button size="s" icon={<Send />} isBusy={isBusy} onClick={() => void send()}>
          {t("reply_preview.send")}
        </Button>
        <span className="hint">{t("reply_preview.send_hint", { address: me?.email ?? "" })}</span>
      </p>
    </>
  );
}

function Mail({ mail, isStale, isPhone }: { mail: Shown; isStale: boolean; isPhone: boolean }) {
  const name = mail.sender_name || mail.sender_address;
  return (
    <div className={`mailcard ${isPhone ? "phone" : ""}`} aria-busy={isStale}>
      <div className="row">
        <Avatar name={name} seed={mail.sender_address} size={32} />
        <div className="grow">
          <p className="strong cut">{mail.subject}</p>
          <p className="small-text soft">
            <span className="strong">{name}</span> {`<${mail.sender_address}>`}
          </p>
          {mail.reply_to ? (
            <p className="small-text muted cut">{t("reply_preview.reply_to", { address: mail.reply_to })}</p>
          ) : null}
        </div>
      </div>
      {mail.html ? (
        <Letter html={mail.html} />
      ) : (
        <p className="plainletter" dir="auto">
          {mail.text}
        </p>
      )}
    </div>
  );
}

function Letter({ html }: { html: string }) {
  const place = useRef<HTMLIFrameElement>(null);
  // Its width changes, or it is behind a button first, where nothing has a height.
  useEffect(() => {
    const frame = place.current;
    if (!frame) return;
    let width = 0;
    const watching = new ResizeObserver(() => {
      if (frame.clientWidth !== width) asTallAsItsContent(frame);
      width = frame.clientWidth;
    });
    watching.observe(frame);
    return () => watching.disconnect();
  }, []);
  return (
    <iframe
      ref={place}
      title={t("reply_preview.title")}
      tabIndex={-1}
      sandbox="allow-same-origin"
      referrerPolicy="no-referrer"
      srcDoc={html}
      onLoad={({ currentTarget: frame }) => {
        const body = frame.contentDocument?.body;
        if (!body) return;
        // What a mail program does where the mail chooses no letters of its own.
        body.style.font = "14px/1.57 Inter, system-ui, sans-serif";
        body.style.margin = "8px 18px 16px";
        // This page's policy keeps the styles of a markup away, here too; the server has left none in it that could do harm (lib/html.py).
        for (const one of body.querySelectorAll<HTMLElement>("[style]"))
          one.style.cssText = one.getAttribute("style") ?? "";
        asTallAsItsContent(frame);
      }}
    />
  );
}

/** As tall as what is in it, which it is asked while it is as low as can be: else it would only grow. */
function asTallAsItsContent(frame: HTMLIFrameElement): void {
  const body = frame.contentDocument?.body;
  if (!body || frame.clientWidth === 0) return;
  frame.style.height = "0";
  frame.style.height = `${body.scrollHeight + 24}px`;
}

/** The newest value, once it has stood still for a moment. */
function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}
