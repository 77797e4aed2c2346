import { UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { initials, tint } from "./format";

interface Props {
  name: string;
  /** Decides the colour; usually the person's id. */
  seed: string;
  size?: 18 | 20 | 24 | 28 | 32 | 36 | 44;
  title?: string;
  children?: ReactNode;
}

/** Decoration beside a name; with `title` it stands for the name itself. */
export function Avatar({ name, seed, size = 32, title, children }: Props) {
  const letters = initials(name);
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: it has a name only together with its role
    <span
      className={`avatar s${size} tint${tint(seed)}`}
      title={title}
      role={title ? "img" : undefined}
      aria-label={title}
      aria-hidden={title ? undefined : true}
    >
      {letters ? size < 24 ? letters.slice(0, 1) : letters : <UserRound />}
      {children}
    </span>
  );
}
