import { type FormEvent, useState } from "react";
import type { Scope } from "../../actions/action";
import type { Conversation } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { t } from "../../ui/i18n";
import { linkContact } from "./changes";

interface Props {
  conversation: Conversation;
  scope: Scope;
  onClose: () => void;
}

const FIELDS = ["name", "email", "phone"] as const;
const WORDS = { name: "contact.name", email: "identity.email", phone: "identity.phone" } as const;

/** A new contact for this conversation. Only the name is needed; the address they wrote from goes along by itself. */
export function CreateDialog({ conversation, scope, onClose }: Props) {
  const [values, setValues] = useState({ name: conversation.contact?.name ?? "", email: "", phone: "" });
  const [wrong, setWrong] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const problem = await linkContact(conversation, values, scope);
    setBusy(false);
    setWrong(problem);
    if (!problem) onClose();
  };
  return (
    <Dialog title={t("contact.create")} onClose={onClose}>
      <form className="contactform" onSubmit={(event) => void save(event)}>
        {FIELDS.map((name) => (
          <label key={name} className="field">
            <span className="label">{t(WORDS[name])}</span>
            <span className="input">
              <input
                required={name === "name"}
                type={name === "email" ? "email" : name === "phone" ? "tel" : "text"}
                value={values[name]}
                onChange={(event) => setValues({ ...values, [name]: event.target.value })}
              />
            </span>
          </label>
        ))}
        <p className="hint error" role="alert">
          {wrong}
        </p>
        <Button type="submit" look="primary" isBusy={isBusy}>
          {t("contact.create")}
        </Button>
      </form>
    </Dialog>
  );
}
