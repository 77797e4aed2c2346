/* On touch screens a row is swept aside: to the end side closes (or reopens) it, to the start side snoozes it. The same acts have buttons in the thread
 * and in the bar over a selection. */
import { useQueryClient } from "@tanstack/react-query";
import { AlarmClock, Check, RotateCcw } from "lucide-react";
import { type CSSProperties, type PointerEvent, type ReactNode, useRef, useState } from "react";
import { onlyRead } from "../../actions/mayAct";
import { sweep } from "../../actions/sweep";
import { sessionQuery } from "../../api/queries";
import type { Conversation, Session } from "../../api/types";
import { t } from "../../ui/i18n";

const ENOUGH = 96;
const BEGINS = 12;

interface Swipe {
  handlers: Record<string, (event: PointerEvent) => void>;
  style: CSSProperties | undefined;
  hint: ReactNode;
}

export function useSwipe(row: Conversation): Swipe {
  const client = useQueryClient();
  const start = useRef<{ x: number; y: number; isOurs: boolean } | null>(null);
  const [moved, setMoved] = useState(0);
  const isClosed = row.status === "closed";

  const end = (isDone: boolean) => {
    const isFar = isDone && Math.abs(moved) >= ENOUGH;
    const was = start.current;
    start.current = null;
    setMoved(0);
    if (!was?.isOurs) return;
    // A sweep is no tap.
    const noTap = (event: Event) => event.preventDefault();
    addEventListener("click", noTap, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", noTap, { capture: true }), 300);
    const me = client.getQueryData<Session>(sessionQuery.queryKey)?.user.id;
    if (isFar && me) sweep(client, me, row, moved > 0 ? "close" : "snooze");
  };
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      if (event.pointerType === "touch" && !onlyRead(client, row))
        start.current = { x: event.clientX, y: event.clientY, isOurs: false };
    },
    onPointerMove: (event: PointerEvent) => {
      const from = start.current;
      if (!from) return;
      const x = event.clientX - from.x;
      if (!from.isOurs) {
        if (Math.abs(event.clientY - from.y) > BEGINS) start.current = null;
        else if (Math.abs(x) > BEGINS) {
          from.isOurs = true;
          (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
        }
        return;
      }
      setMoved(x);
    },
    onPointerUp: () => end(true),
    onPointerCancel: () => end(false),
  };
  if (!moved) return { handlers, style: undefined, hint: null };
  const isFar = Math.abs(moved) >= ENOUGH;
  const isClosing = moved > 0;
  return {
    handlers,
    style: { transform: `translateX(${moved}px)` },
    hint: (
      <span className={`swipehint ${isClosing ? "close" : "snooze"} ${isFar ? "far" : ""}`} aria-hidden="true">
        {isClosing ? isClosed ? <RotateCcw /> : <Check /> : <AlarmClock />}
        {t(isClosing ? (isClosed ? "action.reopen" : "action.close") : "swipe.snooze")}
      </span>
    ),
  };
}
