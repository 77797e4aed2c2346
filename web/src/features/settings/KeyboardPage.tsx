/* Which single-letter keys act: all or none, and another one for an action (UI.md, section 5; WCAG 2.1.4). Holds at once. */
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import type { Action } from "../../actions/action";
import { keyName } from "../../actions/keyboard";
import { actions } from "../../actions/list";
import { sessionQuery } from "../../api/queries";
import { Button } from "../../ui/Button";
import { Switch } from "../../ui/Field";
import { chosenKeys, type Hotkeys, isSingle, readHotkeys, shownKeys } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";
import { useSavePreferences } from "./savePreferences";

const changeable = actions.filter((action) => action.keys.some(isSingle));

/** The action that has this key already, or one whose keys begin with it. */
function takenBy(key: string, mine: Action): Action | undefined {
  return actions.find(
    (action) =>
      action.name !== mine.name && chosenKeys(action).some((other) => other === key || other.startsWith(`${key} `)),
  );
}

export function KeyboardPage() {
  const save = useSavePreferences();
  const chosen = readHotkeys(useQuery(sessionQuery).data?.user.preferences.keyboard);
  const change = (part: Partial<Hotkeys>) => void save({ keyboard: { ...chosen, ...part } });
  const give = (name: string, key: string | null) => {
    const { [name]: _, ...others } = chosen.changed;
    change({ changed: key === null ? others : { ...others, [name]: key } });
  };
  return (
    <div className="narrow">
      <h1>{t("settings.keyboard")}</h1>
      <div className="fields">
        <Switch
          label={t("keyboard.single")}
          hint={t("keyboard.single_hint")}
          checked={chosen.has_single_keys}
          onChange={(event) => change({ has_single_keys: event.target.checked })}
        />
      </div>
      {chosen.has_single_keys ? (
        <>
          <h2>{t("keyboard.keys")}</h2>
          <p className="soft">{t("keyboard.keys_lead", { mod: shownKeys("Mod") })}</p>
          <ul className="card rowlist">
            {changeable.map((action) => (
              <KeyRow
                key={action.name}
                action={action}
                own={chosen.changed[action.name]}
                onChange={(key) => give(action.name, key)}
              />
            ))}
          </ul>
          {Object.keys(chosen.changed).length ? (
            <p className="block">
              <Button size="s" onClick={() => change({ changed: {} })}>
                {t("keyboard.usual_all")}
              </Button>
            </p>
          ) : null}
        </>
      ) : null}
    </div>
  );
}

interface RowProps {
  action: Action;
  /** What the person chose; "" is none, undefined the usual. */
  own: string | undefined;
  /** null: the usual one again. */
  onChange: (key: string | null) => void;
}

function KeyRow({ action, own, onChange }: RowProps) {
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState("");
  const words = t(action.label(null));
  const key = own ?? action.keys.find(isSingle) ?? "";
  const take = (event: KeyboardEvent) => {
    if (!isAsking || event.key === "Tab" || event.key === "Shift") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return setAsking(false);
    const pressed = event.key === "Backspace" || event.key === "Delete" ? "" : keyName(event);
    if (pressed !== "" && (!isSingle(pressed) || pressed.trim() === "")) return setProblem(t("keyboard.not_single"));
    const other = pressed && takenBy(pressed, action);
    if (other) return setProblem(t("keyboard.taken", { key: shownKeys(pressed), action: t(other.label(null)) }));
    setAsking(false);
    onChange(pressed === action.keys.find(isSingle) ? null : pressed);
  };
  return (
    <li>
      <span className="grow">
        {words}
        <span className="hint block" role="status">
          {isAsking ? problem || t("keyboard.press") : ""}
        </span>
      </span>
      {key ? <kbd>{shownKeys(key)}</kbd> : <span className="muted">{t("keyboard.none")}</span>}
      {own === undefined ? null : (
        <Button size="xs" aria-label={t("keyboard.usual_of", { action: words })} onClick={() => onChange(null)}>
          {t("keyboard.usual")}
        </Button>
      )}
      <Button
        size="xs"
        aria-pressed={isAsking}
        aria-label={t("keyboard.change_of", { action: words })}
        onClick={() => {
          setProblem("");
          setAsking(!isAsking);
        }}
        onBlur={() => setAsking(false)}
        onKeyDown={take}
      >
        {t("keyboard.change")}
      </Button>
    </li>
  );
}
