import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import "./validity";

interface Common {
  label: string;
  hint?: ReactNode;
  error?: string | null;
}

/** What stands below a control; it names it as `${id}-hint` in `aria-describedby`. */
export function Hint({ id, children }: { id: string; children?: ReactNode }) {
  if (!children) return null;
  return (
    <div className="hint" id={`${id}-hint`}>
      {children}
    </div>
  );
}

/** Label, control, hint and error, tied together for everybody. */
function Frame({ id, label, hint, error, children }: Common & { id: string; children: ReactNode }) {
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {children}
      {error ? (
        <p className="hint error" id={`${id}-error`} role="alert">
          {error}
        </p>
      ) : null}
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

const described = (id: string, hint: ReactNode, error: string | null | undefined) =>
  [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ") || undefined;

type FieldProps = Common & InputHTMLAttributes<HTMLInputElement> & { after?: ReactNode };

export function Field({ label, hint, error, after, className, ...input }: FieldProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <div className={`input ${error ? "err" : ""} ${className ?? ""}`}>
        <input
          id={id}
          {...input}
          aria-invalid={error ? true : undefined}
          aria-describedby={described(id, hint, error)}
        />
        {after}
      </div>
    </Frame>
  );
}

type SelectProps = Common & SelectHTMLAttributes<HTMLSelectElement>;

export function Select({ label, hint, error, children, ...select }: SelectProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <div className={`input select ${error ? "err" : ""}`}>
        <select id={id} {...select} aria-describedby={described(id, hint, error)}>
          {children}
        </select>
      </div>
    </Frame>
  );
}

export function Switch({ label, hint, ...input }: Common & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <div className="switch">
      <input type="checkbox" role="switch" id={id} {...input} aria-describedby={described(id, hint, null)} />
      <div>
        <label htmlFor={id}>{label}</label>
        <Hint id={id}>{hint}</Hint>
      </div>
    </div>
  );
}

type TextAreaProps = Common & TextareaHTMLAttributes<HTMLTextAreaElement>;

export function TextArea({ label, hint, error, ...area }: TextAreaProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <div className={`input ${error ? "err" : ""}`}>
        <textarea id={id} rows={3} {...area} aria-describedby={described(id, hint, error)} />
      </div>
    </Frame>
  );
}
