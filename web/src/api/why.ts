/* Why a message is in its conversation, and what else is known to stand in the open objects of a message. Read next: features/messages/Why.tsx. */
import type { Id } from "./types";

export interface Why {
  how?: string;
  label?: string;
  value?: string;
  message_id?: Id;
  /** Of what began apart: why, and out of which conversation. */
  reason?: "subject" | "several";
  from?: Id;
  /** Its subject is another one than this. `split`: whether that is asked about. */
  subject_was?: string | null;
  split?: "suggested" | "dismissed" | "stays";
  /** Of what came by its subject: how old the last message may be. */
  days?: number;
}

export interface OpenParts {
  sender: { name?: string; address?: string };
  why: Why;
  origin: { word?: string };
}
