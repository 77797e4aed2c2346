/* One connected channel in the list: who it is, how it is, and the one thing to do about it (picture 02). */
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Ellipsis, Pause, Pencil, Play, Send, Unplug } from "lucide-react";
import { useRef, useState } from "react";
import { keys } from "../../api/queries";
import type { ChannelAccount } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { Dialog } from "../../ui/Dialog";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { toast, toastError } from "../../ui/toasts";
import { UnsavedMark } from "../unsaved/SaveLine";
import { ChannelBadge, useChannel } from "./ChannelBadge";
import { DisconnectDialog } from "./DisconnectDialog";
import { HealthLine } from "./HealthLine";
import { Owner } from "./Owner";
import { Waiting } from "./SignInSteps";
import { Sparkline, today } from "./Sparkline";
import type { Values } from "./schema";
import { setActive } from "./setActive";
import { signInFor, useSignIn } from "./signIn";
import { TestSteps } from "./TestSteps";
import { WhatHappened } from "./WhatHappened";

interface Props {
  account: ChannelAccount;
  mayChange: boolean;
}

export function AccountCard({ account, mayChange }: Props) {
  const channel = useChannel(account.kind);
  const client = useQueryClient();
  const navigate = useNavigate();
  const now = useNow();
  const [isAsking, setAsking] = useState(false);
  const [isTesting, setTesting] = useState(false);
  const [isExplaining, setExplaining] = useState(false);
  const { state } = account.health;
  const signIn = channel ? signInFor(channel, account.config as Values) : undefined;
  const refresh = () => client.invalidateQueries({ queryKey: keys.channelAccounts });
  const { begin, waiting, cancel } = useSignIn(
    async () => {
      await refresh();
      toast(t("connect.signed_in_again"));
    },
    (problem) => toastError(problem),
  );
  const open = () =>
    void navigate({ to: "/settings/$section/$item", params: { section: "channels", item: account.id } });
  const reconnect = () =>
    signIn && !signIn.problem
      ? void begin({ provider: signIn.provider, channel_account_id: account.id, accepts_terms: true })
      : open();
  const again = useRef<HTMLButtonElement>(null);
  const giveUp = () => {
    cancel();
    requestAnimationFrame(() => again.current?.focus());
  };
  /** Many cards have the same buttons: aloud, each says of which channel it is. It begins with what stands there (WCAG 2.5.3). */
  const named = (word: string) => `${word}: ${account.name}`;
  const act = (isActive: boolean) => void setActive(client, account, isActive);
  const quickly =
    state === "broken" ? (
      <Button
        ref={again}
        look="primary"
        size="s"
        isBusy={waiting !== null}
        aria-label={named(t("channels.reconnect"))}
        onClick={reconnect}
      >
        {t("channels.reconnect")}
      </Button>
    ) : state === "paused" ? (
      <Button size="s" aria-label={named(t("channels.resume"))} onClick={() => act(true)}>
        {t("channels.resume")}
      </Button>
    ) : state === "unfinished" ? (
      <Button
        size="s"
        aria-label={named(t("channels.continue"))}
        onClick={() =>
          void navigate({
            to: "/settings/$section/$item/$tab",
            params: { section: "channels", item: account.id, tab: "setup" },
          })
        }
      >
        {t("channels.continue")}
      </Button>
    ) : null;
  const ending = [
    account.is_active
      ? { id: "pause", label: t("channels.pause"), icon: <Pause />, run: () => act(false) }
      : { id: "resume", label: t("channels.resume"), icon: <Play />, run: () => act(true) },
    {
      id: "disconnect",
      label: t("channels.disconnect"),
      icon: <Unplug />,
      isDangerous: true,
      startsGroup: true,
      run: () => setAsking(true),
    },
  ];
  return (
    <article className={`card channelcard ${state}`} aria-label={account.name}>
      <div className="row">
        {channel ? <ChannelBadge channel={channel} size={32} /> : null}
        <div className="grow">
          <h3>
            {account.name}
            <UnsavedMark at={`channels/${account.id}`} />
          </h3>
          <p className="small-text muted">{account.address || channel?.name}</p>
          <Owner account={account} />
        </div>
        {mayChange && quickly ? quickly : <Sparkline hours={account.traffic} isQuiet={state === "quiet"} />}
      </div>
      {waiting ? <Waiting waiting={waiting} onCancel={giveUp} /> : <HealthLine account={account} />}
      <div className="cardfoot">
        {mayChange && account.test_address && (state === "connected" || state === "quiet") ? (
          <Button
            look={state === "quiet" ? "plain" : "ghost"}
            size="xs"
            icon={<Send className="small" />}
            aria-label={named(t("channels.test"))}
            onClick={() => setTesting(true)}
          >
            {t("channels.test")}
          </Button>
        ) : null}
        {state === "broken" || state === "unreachable" ? (
          <Button
            look="ghost"
            size="xs"
            aria-label={named(t("channels.what_happened"))}
            onClick={() => setExplaining(true)}
          >
            {t("channels.what_happened")}
          </Button>
        ) : null}
        {mayChange && state !== "broken" ? (
          <Button look="ghost" size="xs" aria-label={named(t("inboxes.edit"))} onClick={open}>
            {t("inboxes.edit")}
          </Button>
        ) : null}
        <span className="grow" />
        <span className="count">
          {t("channels.today", { count: today(account.traffic_from, account.traffic, now) })}
        </span>
        {mayChange ? (
          <Menu
            label={named(t("channels.more"))}
            className="iconbtn s"
            align="end"
            items={[
              { id: "edit", label: t("inboxes.edit"), icon: <Pencil />, run: open },
              ...(account.is_fallback ? [] : ending),
            ]}
          >
            <Ellipsis />
          </Menu>
        ) : null}
      </div>
      {isTesting ? (
        <Dialog title={t("test_step.of", { name: account.name })} onClose={() => setTesting(false)}>
          <TestSteps account={account} startsItself />
        </Dialog>
      ) : null}
      {isExplaining ? <WhatHappened account={account} onClose={() => setExplaining(false)} /> : null}
      {isAsking ? <DisconnectDialog account={account} onClose={() => setAsking(false)} onDone={refresh} /> : null}
    </article>
  );
}
