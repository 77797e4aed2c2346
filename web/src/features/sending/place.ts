/* Where whoever sends is: the way to open a conversation, for what comes back after one has gone on to the next. Set by the send button. */
import type { Scope } from "../../actions/action";
import type { NewMessage } from "../../api/types";

export const sendingPlace: { open: Scope["open"] | null } = { open: null };

/** What is to happen to the conversation with the message. */
export const andThen = (then: NewMessage["then"]): Partial<NewMessage> => ({ then });
