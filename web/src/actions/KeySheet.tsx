import { Link } from "@tanstack/react-router";
import { Dialog } from "../ui/Dialog";
import { hotkeys, keysOf, shownKeys } from "../ui/hotkeys";
import { t } from "../ui/i18n";
import { useStore } from "../ui/store";
import type { Action, Group } from "./action";
import { composerActions } from "./composing";
import { actions } from "./list";
import { panes } from "./panes";
import "./keysheet.css";

const GROUPS: Group[] = ["move", "conversation", "write", "app"];

/** The `?` sheet: made from the actions themselves, so it is never out of date. */
export default function KeySheet() {
  const close = () => panes.set({ isSheetOpen: false });
  const hasSingle = useStore(hotkeys, (state) => state.has_single_keys);
  return (
    <Dialog title={t("keys.title")} isWide onClose={close}>
      <p className="soft keysheethead">
        {hasSingle ? null : `${t("keys.single_off")} `}
        <Link to="/settings/$section" params={{ section: "keyboard" }} onClick={close}>
          {t("keys.change_them")}
        </Link>
      </p>
      <div className="keysheet">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{t(`keys.${group}`)}</h3>
            <dl>
              {actions
                .filter((action) => action.group === group && keysOf(action).length > 0)
                .map((action) => (
                  <KeyLine key={action.name} action={action} />
                ))}
              {composerActions
                .filter((action) => action.group === group && action.keys.length > 0)
                .map((action) => (
                  // Signs that are typed into the text are nobody's slip of the hand: they stand there in any case.
                  <Line key={action.name} words={t(action.label(null))} keys={action.keys} />
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

const KeyLine = ({ action }: { action: Action }) => <Line words={t(action.label(null))} keys={keysOf(action)} />;

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
