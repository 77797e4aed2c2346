/* Takes the letters that are typed behind the key that asked for a new conversation, until its pane is there: elsewhere each would be a command. */
import { t } from "../../ui/i18n";

/** What was typed into it: the pane puts it where it would have been written. */
export const early = { typed: "" };

export const EarlyLine = () => (
  <input
    className="sr"
    autoFocus
    aria-label={t("action.new_conversation")}
    defaultValue={early.typed}
    onChange={(event) => {
      early.typed = event.target.value;
    }}
  />
);

/** Takes it out. */
export function typedEarly(): string {
  const { typed } = early;
  early.typed = "";
  return typed;
}
