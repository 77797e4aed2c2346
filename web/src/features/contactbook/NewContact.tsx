import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Problem, post } from "../../api/client";
import { keys } from "../../api/queries";
import type { Contact } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";

/** A contact made by hand, whom everybody sees. Leads to its page. */
export function NewContact({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [given, setGiven] = useState({ name: "", email: "", phone: "" });
  const [wrong, setWrong] = useState<{ field: string; words: string } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const make = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const made = await post<Contact>("/api/contacts", given);
      void client.invalidateQueries({ queryKey: keys.contactBook });
      onClose();
      void navigate({ to: "/contacts/$contact", params: { contact: made.id } });
    } catch (problem) {
      setWrong({ field: (problem instanceof Problem && problem.field) || "name", words: sentence(problem) });
      setBusy(false);
    }
  };
  const field = (name: keyof typeof given, label: string, type: string) => (
    <Field
      label={label}
      type={type}
      maxLength={300}
      value={given[name]}
      error={wrong?.field === name ? wrong.words : null}
      data-begin={name === "name" ? "" : undefined}
      onChange={({ target }) => setGiven({ ...given, [name]: target.value })}
    />
  );
  return (
    <Dialog title={t("book.new")} onClose={onClose}>
      <form className="contactform" onSubmit={(event) => void make(event)} noValidate>
        {field("name", t("contact.name"), "text")}
        {field("email", t("book.email"), "email")}
        {field("phone", t("book.phone"), "tel")}
        <Button type="submit" look="primary" isBusy={isBusy}>
          {t("contact.create")}
        </Button>
      </form>
    </Dialog>
  );
}
