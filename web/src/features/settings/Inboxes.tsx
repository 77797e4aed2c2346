/* Inboxes: one at a time, chosen above. What it is called, how soon it answers, who may act in it, what is connected to it; and making and archiving
 * inboxes. What is changed here holds at once. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { patch } from "../../api/client";
import { useMay } from "../../api/may";
import { inboxesQuery, keys } from "../../api/queries";
import { saveInto } from "../../api/saving";
import type { Inbox } from "../../api/types";
import { Button } from "../../ui/Button";
import { span } from "../../ui/clockWords";
import { Field, Select } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { Empty, Failed, Skeleton } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { CurrentInbox } from "./CurrentInbox";
import { InboxAccess } from "./InboxAccess";
import { InboxChannels } from "./InboxChannels";
import { AssigneeOnly, InboxPolicies } from "./InboxPolicies";
import { NewInbox } from "./NewInbox";

/** Seconds within which a waiting customer is to have an answer. */
const TARGETS: readonly number[] = [900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 86_400, 2 * 86_400, 3 * 86_400];

export function Inboxes({ item }: { item?: string }) {
  const inboxes = useQuery(inboxesQuery);
  const navigate = useNavigate();
  const mayChange = useMay("account_access");
  const [isMaking, setMaking] = useState(false);
  const all = inboxes.data ?? [];
  const inbox = all.find((one) => one.id === item) ?? all.find((one) => !one.is_archived) ?? all[0];
  return (
    <div className="narrow">
      <div className="pagehead">
        <div>
          <h1>{t("views.inboxes")}</h1>
          {inbox ? (
            <p className="soft inboxhead">
              {t("inboxes.configuring")} <CurrentInbox inboxes={all} current={inbox} />
            </p>
          ) : null}
        </div>
        {mayChange ? (
          <Button icon={<Plus />} onClick={() => setMaking(true)}>
            {t("inboxes.new")}
          </Button>
        ) : null}
      </div>
      {inboxes.isPending ? <Skeleton rows={3} shape="row" /> : null}
      {inboxes.isError ? <Failed error={inboxes.error} onRetry={() => void inboxes.refetch()} /> : null}
      {inboxes.isSuccess && !inbox ? <Empty title={t("empty.no_inbox_title")} text={t("empty.no_inbox")} /> : null}
      {inbox ? <InboxPage key={inbox.id} inbox={inbox} mayChange={mayChange} /> : null}
      {isMaking ? (
        <NewInbox
          onClose={() => setMaking(false)}
          onMade={(made) =>
            void navigate({ to: "/settings/$section/$item", params: { section: "inboxes", item: made.id } })
          }
        />
      ) : null}
    </div>
  );
}

export type ChangeInbox = (part: object, before?: object) => Promise<void>;

function InboxPage({ inbox, mayChange }: { inbox: Inbox; mayChange: boolean }) {
  const client = useQueryClient();
  const send = async (part: object) => {
    await saveInto<Inbox[], unknown>(
      client,
      keys.inboxes,
      (held) => held.map((one) => (one.id === inbox.id ? { ...one, ...part } : one)),
      () => patch(`/api/inboxes/${inbox.id}`, part),
    );
  };
  const change: ChangeInbox = async (part, before) => {
    try {
      await send(part);
      const undo = () => void send(before ?? {}).catch((problem: unknown) => toastError(problem));
      toast(t("toast.saved"), before ? undo : undefined, { isLasting: true });
    } catch (problem) {
      toastError(problem);
    }
  };
  const target = inbox.reply_within_s;
  const targets =
    target === null || TARGETS.includes(target) ? TARGETS : [...TARGETS, target].toSorted((a, b) => a - b);
  return (
    <section className="fields inboxcard" aria-label={inbox.name}>
      {inbox.is_archived ? <p className="banner warn">{t("inboxes.is_archived")}</p> : null}
      <p className="muted">{t(mayChange ? "inboxes.text" : "inboxes.read_only")}</p>
      <Field
        key={inbox.name}
        label={t("inboxes.name")}
        defaultValue={inbox.name}
        readOnly={!mayChange}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        onBlur={(event) => {
          const name = event.target.value.trim();
          if (name && name !== inbox.name) void change({ name }, { name: inbox.name });
        }}
      />
      <Select
        label={t("inboxes.target")}
        hint={t("inboxes.target_hint")}
        value={target ?? ""}
        disabled={!mayChange}
        onChange={(event) =>
          void change({ reply_within_s: Number(event.target.value) || null }, { reply_within_s: target })
        }
      >
        <option value="">{t("inboxes.no_target")}</option>
        {targets.map((seconds) => (
          <option key={seconds} value={seconds}>
            {span(seconds * 1000)}
          </option>
        ))}
      </Select>
      <InboxAccess inbox={inbox} mayChange={mayChange} onChange={change} />
      <AssigneeOnly inbox={inbox} mayChange={mayChange} onChange={change} />
      <InboxPolicies inbox={inbox} mayChange={mayChange} onChange={change} />
      <InboxChannels inbox={inbox} mayChange={mayChange} onChange={change} />
    </section>
  );
}
