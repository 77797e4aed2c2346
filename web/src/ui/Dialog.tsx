import { X } from "lucide-react";
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { LiveRegions } from "./announce";
import { IconButton } from "./Button";
import { useBackCloses } from "./backCloses";
import { t } from "./i18n";
import { Pane } from "./Pane";

interface Props {
  title: string;
  /** Without it the dialog cannot be left by Esc or the cross. */
  onClose?: () => void;
  isWide?: boolean;
  /** It comes from below, as wide as the screen; a press beside it closes it. */
  isSheet?: boolean;
  children: ReactNode;
}

/** The browser's own modal dialog: it traps the focus, answers Esc and gives the focus back. */
export function Dialog({ title, onClose, isWide, isSheet, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useBackCloses(onClose);
  // As long as it stands in the page: the browser gives the focus back only then.
  useLayoutEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    if (element && !element.open) element.showModal();
    // The browser would begin at the cross.
    element?.querySelector<HTMLElement>("[data-begin]")?.focus();
    return () => {
      element?.close();
      // What opened it may be gone, as an entry of a menu is.
      if (document.activeElement !== document.body) return;
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      if (document.activeElement === document.body) document.getElementById("main")?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`dialog ${isWide ? "wide" : ""} ${isSheet ? "fromBelow" : ""}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => isSheet && event.target === dialog.current && onClose?.()}
    >
      <header>
        <h2 id={id}>{title}</h2>
        {onClose ? (
          <IconButton label={t("common.close")} onClick={onClose}>
            <X />
          </IconButton>
        ) : null}
      </header>
      <Pane>{children}</Pane>
      <LiveRegions name="said-in-dialog" />
    </dialog>
  );
}
