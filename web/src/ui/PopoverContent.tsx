import * as Radix from "@radix-ui/react-popover";
import type { ReactNode, RefObject } from "react";
import { useBackCloses } from "./backCloses";
import { giveBack } from "./giveBack";

interface Props {
  anchor: RefObject<HTMLButtonElement | null>;
  label: string;
  onClose: () => void;
  children: ReactNode;
}

export default function PopoverContent({ anchor, label, onClose, children }: Props) {
  useBackCloses(onClose);
  return (
    <Radix.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Radix.Anchor virtualRef={anchor as RefObject<HTMLButtonElement>} />
      <Radix.Portal>
        <Radix.Content
          className="popover"
          aria-label={label}
          sideOffset={4}
          collisionPadding={8}
          // Also where its button is scrolled out of sight, in the line of a phone.
          sticky="always"
          onCloseAutoFocus={(event) => giveBack(event, anchor)}
          onInteractOutside={(event) => {
            if (anchor.current?.contains(event.target as Node)) event.preventDefault();
          }}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
