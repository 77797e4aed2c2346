import { Ellipsis } from "lucide-react";
import type { ReactNode } from "react";
import { useRemembered } from "./remembered";

interface Props {
  /** Under which it is remembered whether it is open. */
  name: string;
  label: string;
  children: ReactNode;
}

/** What stands behind a message and few want to read: one line until it is asked for. */
export function Fold({ name, label, children }: Props) {
  const [isOpen, setOpen] = useRemembered(name, false);
  return (
    <>
      <button type="button" className="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Ellipsis className="small" />
        {label}
      </button>
      {isOpen ? <div className="quote">{children}</div> : null}
    </>
  );
}
