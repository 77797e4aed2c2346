/* What people give a name, a role or a team: a form that makes one more, and a field that renames it. */
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { post } from "../../api/client";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { sentence } from "../../ui/States";
import { renewPeople } from "./people";

const NAME_MAX = 60;

interface NewProps {
  path: string;
  body?: object;
  label: string;
  button: string;
  className?: string;
}

export function NewNamed({ path, body, label, button, className = "" }: NewProps) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [error, setError] = useState<string | null>(null);
  const create = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    try {
      await post(path, { name, ...body });
      setName("");
      await renewPeople(client);
    } catch (problem) {
      setError(sentence(problem));
    }
  };
  return (
    <form className={`inlineform ${className}`} onSubmit={create}>
      <Field
        label={label}
        required
        maxLength={NAME_MAX}
        value={name}
        error={error}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" look="primary">
        {button}
      </Button>
    </form>
  );
}

interface RenameProps {
  label: string;
  name: string;
  /** True when it has the new name. */
  onRename: (wanted: string) => Promise<boolean>;
  /** The label is for screen readers alone. */
  isBare?: boolean;
}

/** Renames with Enter or when it is left; empty or refused, the name stays as it was. */
export function RenameField({ label, name, onRename, isBare = false }: RenameProps) {
  const [text, setText] = useState(name);
  const asked = useRef(name);
  useEffect(() => {
    setText(name);
    asked.current = name;
  }, [name]);
  const rename = async () => {
    const wanted = text.trim();
    if (!wanted) setText(name);
    else if (wanted !== asked.current) {
      asked.current = wanted;
      if (!(await onRename(wanted))) {
        asked.current = name;
        setText(name);
      }
    }
  };
  const control = {
    maxLength: NAME_MAX,
    value: text,
    onChange: (event: { target: { value: string } }) => setText(event.target.value.replace(/\s*\n\s*/g, " ")),
    onBlur: () => void rename(),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // no line ends within a name
      void rename();
    },
  };
  if (!isBare) return <Field label={label} {...control} />;
  // It wraps where there is little room, and is as high as its text.
  return (
    <div className="input growing" data-text={text}>
      <textarea rows={1} aria-label={label} {...control} />
    </div>
  );
}
