import { ChevronDown } from "lucide-react";
import { type ReactNode, useId } from "react";
import { createStore, useStore } from "../../ui/store";

const STORED_AS = "innboks.sections";

function stored(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? "[]");
    return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

/** Which sections somebody folded away, on this computer. */
const folded = createStore<{ names: readonly string[] }>({
  names: typeof localStorage === "undefined" ? [] : stored(),
});

function toggle(name: string): void {
  const { names } = folded.get();
  const next = names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
  folded.set({ names: next });
  try {
    localStorage.setItem(STORED_AS, JSON.stringify(next));
  } catch {
    // Storage is full or forbidden: it holds for this page.
  }
}

interface Props {
  name: string;
  title: string;
  count?: string;
  /** Beside the title: a button. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A part of the context with a title that folds it, remembered. */
export function Section({ name, title, count, aside, children }: Props) {
  const id = useId();
  const isFolded = useStore(folded, (state) => state.names.includes(name));
  return (
    <section>
      <h3>
        <button
          type="button"
          className="foldhead"
          aria-expanded={!isFolded}
          aria-controls={id}
          onClick={() => toggle(name)}
        >
          {title}
          <ChevronDown className="small" />
        </button>
        {count ? <span className="count">{count}</span> : null}
        {aside}
      </h3>
      <div id={id} hidden={isFolded}>
        {isFolded ? null : children}
      </div>
    </section>
  );
}
