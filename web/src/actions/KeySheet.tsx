import { Dialog } from "../ui/Dialog";
import { t } from "../ui/i18n";
import { type Action, type Group, shownKeys } from "./action";
import { actions } from "./list";
import { panes } from "./panes";
import "./keysheet.css";

const GROUPS: Group[] = ["move", "conversation", "write", "app"];

/** The `?` sheet: made from the actions themselves, so it is never out of date. */
export default function KeySheet() {
  return (
    <Dialog title={t("keys.title")} isWide onClose={() => panes.set({ isSheetOpen: false })}>
      <div className="keysheet">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{t(`keys.${group}`)}</h3>
            <dl>
              {actions
                .filter((action) => action.group === group)
                .map((action) => (
                  <KeyLine key={action.name} action={action} />
                ))}
              {group === "write" ? <Line words={t("action.send")} keys={["Mod+Enter"]} /> : null}
              {group === "write" ? <Line words={t("sending.and_close")} keys={["Mod+Shift+Enter"]} /> : null}
              {group === "write" ? <Line words={t("action.switch_mode")} keys={["Mod+/"]} /> : null}
              {group === "write" ? <Line words={t("action.attach")} keys={["Mod+Shift+F"]} /> : null}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

const KeyLine = ({ action }: { action: Action }) => <Line words={t(action.label(null))} keys={action.keys} />;

function Line({ words, keys }: { words: string; keys: string[] }) {
  return (
    <div>
      <dt>{words}</dt>
      <dd>
        {keys.map((key, index) => (
          <span key={key}>
            {index > 0 ? <span className="muted"> {t("keys.or")} </span> : null}
            {shownKeys(key)
              .split(" ")
              .map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
          </span>
        ))}
      </dd>
    </div>
  );
}
