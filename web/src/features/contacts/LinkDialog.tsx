import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Scope } from "../../actions/action";
import { get, query } from "../../api/client";
import type { Conversation, FoundContact, Page } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { FindDialog } from "../../ui/FindDialog";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { linkContact } from "./changes";

interface Props {
  conversation: Conversation;
  scope: Scope;
  onClose: () => void;
}

/** Finds a known contact by the beginning of a name or an address, and gives the conversation to it. */
export function LinkDialog({ conversation, scope, onClose }: Props) {
  const [words, setWords] = useState("");
  const found = useQuery({
    queryKey: ["contacts-found", words],
    queryFn: ({ signal }) =>
      get<Page<FoundContact>>(`/api/contacts${query({ q: words })}`, signal).then((page) => page.items),
    enabled: words !== "",
    staleTime: 10_000,
  });
  const others = found.data?.filter((one) => one.id !== conversation.contact?.id) ?? [];
  return (
    <FindDialog
      title={t("contact.link")}
      label={t("contact.find")}
      status={
        found.isError
          ? sentence(found.error)
          : words && found.isSuccess
            ? t("contact.found", { count: others.length })
            : t("contact.find_hint")
      }
      items={others}
      row={(one) => (
        <>
          <Avatar name={one.name} seed={one.id} size={24} />
          <span className="cut grow" dir="auto">
            {one.name || t("contact.unknown")}
          </span>
          <span className="muted cut">{one.identities[0]?.value}</span>
        </>
      )}
      onWords={setWords}
      onChoose={(contact) => linkContact(conversation, { contact_id: contact.id }, scope)}
      onClose={onClose}
    />
  );
}
