import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Scope } from "../../actions/action";
import { get, query } from "../../api/client";
import type { Conversation, FoundContact, Page } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Dialog } from "../../ui/Dialog";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { linkContact } from "./changes";

interface Props {
  conversation: Conversation;
  scope: Scope;
  onClose: () => void;
}

const PAUSE_MS = 150;

/** Finds a known contact by the beginning of a name or an address, and gives the conversation to it. */
export function LinkDialog({ conversation, scope, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [words, setWords] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const found = useQuery({
    queryKey: ["contacts-found", words],
    queryFn: ({ signal }) =>
      get<Page<FoundContact>>(`/api/contacts${query({ q: words })}`, signal).then((page) => page.items),
    enabled: words !== "",
    staleTime: 10_000,
  });
  const others = found.data?.filter((one) => one.id !== conversation.contact?.id) ?? [];
  const choose = async (contact: FoundContact) => {
    const problem = await linkContact(conversation, { contact_id: contact.id }, scope);
    setWrong(problem);
    if (!problem) onClose();
  };
  return (
    <Dialog title={t("contact.link")} onClose={onClose}>
      <div className="contactform">
        <label className="field">
          <span className="label">{t("contact.find")}</span>
          <span className="input">
            <input type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
          </span>
        </label>
        <p className="muted small-text" role="status">
          {found.isError
            ? sentence(found.error)
            : words && found.isSuccess
              ? t("contact.found", { count: others.length })
              : t("contact.find_hint")}
        </p>
        <ul className="others">
          {others.map((one) => (
            <li key={one.id}>
              <button type="button" onClick={() => void choose(one)}>
                <Avatar name={one.name} seed={one.id} size={24} />
                <span className="cut grow" dir="auto">
                  {one.name || t("contact.unknown")}
                </span>
                <span className="muted cut">{one.identities[0]?.value}</span>
              </button>
            </li>
          ))}
        </ul>
        <p className="hint error" role="alert">
          {wrong}
        </p>
      </div>
    </Dialog>
  );
}
