import { LoaderCircle } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "plain" | "primary" | "ghost" | "danger";
  size?: "xs" | "s" | "m" | "l";
  /** Keeps its width and cannot be pressed while something is under way. */
  isBusy?: boolean;
  icon?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = "plain", size = "m", isBusy, icon, children, className, disabled, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      className={`btn ${look} ${size} ${className ?? ""}`}
      aria-busy={isBusy || undefined}
      disabled={disabled || isBusy}
    >
      {isBusy ? <LoaderCircle className="spin" /> : icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
  /** Shown in the tooltip beside the label. */
  keys?: string;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with an icon only: the label is its tooltip and its name. */
export function IconButton({ label, keys, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
      {...rest}
      className={`iconbtn ${className ?? ""}`}
    >
      {children}
    </button>
  );
}
