import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { patch, post } from "../../api/client";
import { inboxesQuery, keys } from "../../api/queries";
import type { Inbox } from "../../api/types";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";

/** Step 2: the name of the first inbox; renamed when the server made one already. */
export function FirstInbox({ onDone }: { onDone: (inbox: Inbox) => void }) {
  const client = useQueryClient();
  const inboxes = useQuery(inboxesQuery);
  const existing = inboxes.data?.[0];
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const name = typed ?? t("setup.default_inbox");

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const inbox = existing
        ? existing.name === name.trim()
          ? existing
          : await patch<Inbox>(`/api/inboxes/${existing.id}`, { name: name.trim() })
        : await post<Inbox>("/api/inboxes", { name: name.trim() });
      await client.invalidateQueries({ queryKey: keys.inboxes });
      onDone(inbox);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <h1>{t("setup.inbox_title")}</h1>
      <p className="lead">{t("setup.inbox_lead")}</p>
      <form className="fields" onSubmit={submit}>
        <Field
          label={t("field.inbox_name")}
          required
          autoFocus
          value={name}
          onChange={(event) => setTyped(event.target.value)}
          error={problem ? sentence(problem) : null}
        />
        <Button type="submit" look="primary" size="l" className="wide" isBusy={isBusy || inboxes.isPending}>
          {t("common.continue")}
        </Button>
      </form>
    </>
  );
}
