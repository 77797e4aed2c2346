/* A new inbox: its name and who acts in it. Channels are connected to it afterwards, or later. */
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post } from "../../api/client";
import { keys } from "../../api/queries";
import type { Inbox } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";

interface Props {
  onClose: () => void;
  onMade: (inbox: Inbox) => void;
}

export function NewInbox({ onClose, onMade }: Props) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [access, setAccess] = useState<Inbox["access"]>("everyone");
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const made = await post<Inbox>("/api/inboxes", { name, access });
      await client.invalidateQueries({ queryKey: keys.inboxes });
      onClose();
      onMade(made);
    } catch (problem) {
      setError(sentence(problem));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("inboxes.new")} onClose={onClose}>
      <form className="fields" onSubmit={submit}>
        <Field
          label={t("inboxes.name")}
          required
          data-begin
          maxLength={200}
          value={name}
          error={error}
          onChange={(event) => setName(event.target.value)}
        />
        <fieldset className="accesslist">
          <legend className="label">{t("inboxes.access")}</legend>
          {(["everyone", "members"] as const).map((choice) => (
            <label key={choice} className="pick">
              <input type="radio" name="access" checked={access === choice} onChange={() => setAccess(choice)} />
              <span className="grow">
                {t(choice === "everyone" ? "inboxes.everyone" : "inboxes.members")}
                <span className="block small-text muted">
                  {t(choice === "everyone" ? "inboxes.everyone_hint" : "inboxes.members_new_hint")}
                </span>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="dialogfoot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" isBusy={isBusy}>
            {t("inboxes.make")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
