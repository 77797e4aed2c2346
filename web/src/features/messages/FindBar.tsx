/* Finding words in this conversation. The server looks through all of it, since what is out of sight is not in the page. */
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { closeFind, threadFind } from "../../actions/find";
import { foundQuery } from "../../api/queries";
import type { Id } from "../../api/types";
import { announce } from "../../ui/announce";
import { IconButton } from "../../ui/Button";
import { useTyped } from "../../ui/EarlyKeys";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { useStore } from "../../ui/store";
import { highlightIn } from "./highlight";

const PAUSE_MS = 200;

interface Props {
  conversationId: Id;
  frame: RefObject<HTMLElement | null>;
  onShow: (id: Id) => void;
}

export default function FindBar({ conversationId, frame, onShow }: Props) {
  const asked = useStore(threadFind, (state) => state.at);
  const [typed, setTyped] = useTyped();
  const first = useRef(asked);
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const found = useQuery({ ...foundQuery(conversationId, words), enabled: words !== "" });
  const ids = words ? (found.data?.ids ?? []) : [];
  const show = useRef(onShow);
  show.current = onShow;

  // Asked for again, what stands there is chosen, to be typed over.
  useEffect(() => {
    if (asked !== first.current) field.current?.select();
  }, [asked]);
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    if (frame.current && words) return highlightIn(frame.current, words);
  }, [frame, words]);
  const { data } = found;
  useEffect(() => {
    if (!words || !data) return;
    setAt(0);
    announce(t("find.count", { count: data.ids.length }));
    if (data.ids[0]) show.current(data.ids[0]);
  }, [words, data]);

  const step = (by: 1 | -1) => {
    if (!ids.length) return;
    const next = (at + by + ids.length) % ids.length;
    setAt(next);
    const id = ids[next];
    if (id) onShow(id);
  };
  const said = found.isError
    ? sentence(found.error)
    : !words || found.isPending
      ? ""
      : ids.length
        ? t(found.data?.is_capped ? "find.place_capped" : "find.place", { at: at + 1, count: ids.length })
        : t("find.nothing");
  return (
    <search
      className="findbar"
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          closeFind();
          document.querySelector<HTMLElement>("[data-pane=thread]")?.focus();
        } else if (event.key === "Enter") {
          event.preventDefault();
          step(event.shiftKey ? -1 : 1);
        }
      }}
    >
      <span className="input">
        <input
          ref={field}
          autoFocus
          aria-label={t("find.label")}
          placeholder={t("find.label")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <span className="muted small-text num">{said}</span>
      </span>
      <IconButton label={t("find.older")} keys="Enter" disabled={!ids.length} onClick={() => step(1)}>
        <ChevronUp />
      </IconButton>
      <IconButton label={t("find.newer")} keys="Shift Enter" disabled={!ids.length} onClick={() => step(-1)}>
        <ChevronDown />
      </IconButton>
      <IconButton label={t("common.close")} keys="Esc" onClick={closeFind}>
        <X />
      </IconButton>
    </search>
  );
}
