import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import type { Id, Message } from "../../api/types";
import type { Draft } from "./drafts";
import { passedOn } from "./quote";

/** The message that a forward passes on: the chosen one, also from far above, else the newest when the writer began, whatever comes meanwhile. */
export function usePassedOn(draft: Draft, messages: Message[]): { id: Id | undefined; message: Message | undefined } {
  const [newest, setNewest] = useState(() => passedOn(messages)?.id);
  const first = newest ?? passedOn(messages)?.id;
  if (first !== newest) setNewest(first);
  const id = draft.forward_of ?? first;
  const here = messages.find((one) => one.id === id);
  const far = useQuery({
    queryKey: ["message", id],
    queryFn: () => get<Message>(`/api/messages/${id}`),
    enabled: id !== undefined && !here,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { id, message: here ?? far.data };
}
