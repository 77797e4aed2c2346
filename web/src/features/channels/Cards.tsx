import { useId } from "react";
import type { FormField, Value } from "./schema";

interface Props {
  label: string;
  hint?: string;
  error?: string | null;
  field: FormField;
  value: string;
  onChange: (name: string, value: Value) => void;
}

/** A choice that decides much: each with a line on what it means. */
export function Cards({ label, hint, error, field, value, onChange }: Props) {
  const id = useId();
  const chosen = field.choices.find((choice) => String(choice.value) === value);
  return (
    <fieldset className="field" aria-describedby={error ? `${id}-error` : undefined}>
      <legend className="label">{label}</legend>
      <div className="ways">
        {field.choices.map((choice) => (
          <label key={String(choice.value)} className="pick">
            <input
              type="radio"
              name={id}
              checked={choice === chosen}
              onChange={() => onChange(field.name, choice.value)}
            />
            <span className="grow">
              <span className="block mid">{choice.label}</span>
              <span className="block small-text muted">{choice.hint}</span>
            </span>
          </label>
        ))}
      </div>
      {error ? (
        <p className="hint error" id={`${id}-error`} role="alert">
          {error}
        </p>
      ) : null}
      {hint && !field.choices.some((choice) => choice.hint) ? <p className="hint">{hint}</p> : null}
    </fieldset>
  );
}
