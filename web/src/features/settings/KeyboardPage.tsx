/* Which single-letter keys act: all or none, and another one for an action (UI.md, section 5; WCAG 2.1.4). Holds at once. */
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useRef, useState } from "react";
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
  const change = useRef<HTMLButtonElement>(null);
  const words = t(action.label(null));
  const usual = action.keys.find(isSingle) ?? "";
  const key = own ?? usual;
  const says = problem || (isAsking ? t("keyboard.press") : "");
  // What was said keeps its room: else the rows below would go from under the pointer that presses one of them.
  const said = useRef("");
  if (says) said.current = says;
  /** False, and said, where another action has it. */
  const isFree = (wanted: string) => {
    const other = wanted && takenBy(wanted, action);
    if (other) setProblem(t("keyboard.taken", { key: shownKeys(wanted), action: t(other.label(null)) }));
    return !other;
  };
  const stop = () => {
    setProblem("");
    setAsking(false);
  };
  const take = (event: KeyboardEvent) => {
    if (!isAsking || event.key === "Tab" || event.key === "Shift") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return stop();
    const pressed = event.key === "Backspace" || event.key === "Delete" ? "" : keyName(event);
    if (pressed !== "" && (!isSingle(pressed) || pressed.trim() === "")) return setProblem(t("keyboard.not_single"));
    if (!isFree(pressed)) return;
    stop();
    onChange(pressed === usual ? null : pressed);
  };
  return (
    <li>
      <span className="grow">
        {words}
        <span className="hint block" role="status" style={says ? undefined : { visibility: "hidden" }}>
          {said.current}
        </span>
      </span>
      {key ? <kbd>{shownKeys(key)}</kbd> : <span className="muted">{t("keyboard.none")}</span>}
      {own === undefined ? null : (
        <Button
          size="xs"
          aria-label={t("keyboard.usual_of", { action: words })}
          onClick={() => {
            if (!isFree(usual)) return;
            change.current?.focus(); // this button goes
            onChange(null);
          }}
          onBlur={stop}
        >
          {t("keyboard.usual")}
        </Button>
      )}
      <Button
        ref={change}
        size="xs"
        aria-pressed={isAsking}
        aria-label={t("keyboard.change_of", { action: words })}
        onClick={() => {
          change.current?.focus(); // Safari does not do it by itself
          setProblem("");
          setAsking(!isAsking);
        }}
        onBlur={stop}
        onKeyDown={take}
      >
        {t("keyboard.change")}
      </Button>
    </li>
  );
}
