/* Finds something that is there by a few words, for one deed with it: what is asked for, and how a row looks, whoever opens it says. */
import { type ReactNode, useEffect, useState } from "react";
import { Dialog } from "./Dialog";

interface Props<T> {
  title: string;
  /** Of the field. */
  label: string;
  /** What was found, or what is wrong with finding it. */
  status: string | null;
  items: readonly T[];
  row: (one: T) => ReactNode;
  /** After each pause: what is typed, without blanks around it. */
  onWords: (words: string) => void;
  /** Resolves to the sentence that says what is wrong; null when it is done. */
  onChoose: (one: T) => Promise<string | null>;
  onClose: () => void;
}

const PAUSE_MS = 150;

export function FindDialog<T extends { id: string }>(props: Props<T>) {
  const { title, label, status, items, row, onWords, onChoose, onClose } = props;
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => onWords(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, onWords]);
  const choose = async (one: T) => {
    const problem = await onChoose(one);
    setWrong(problem);
    if (!problem) onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="contactform">
        <label className="field">
          <span className="label">{label}</span>
          <span className="input">
            <input type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
          </span>
        </label>
        <p className="muted small-text" role="status">
          {status}
        </p>
        <ul className="others">
          {items.map((one) => (
            <li key={one.id}>
              <button type="button" onClick={() => void choose(one)}>
                {row(one)}
              </button>
            </li>
          ))}
        </ul>
        <p className="hint error" role="alert">
          {wrong}
        </p>
      </div>
    </Dialog>
  );
}
