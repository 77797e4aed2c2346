/* Foreign HTML, shown in a frame that runs no script and has no cookies. The frame is on our own origin only so that this side can measure how tall
 * its content is, colour it for the dark and search it; nothing inside can reach out. Remote images stay away until somebody asks for them. Without a network
 * the text stands there alone, and the frame again as soon as there is one. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { ImageOff, WifiOff } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { get, NoConnection } from "../../api/client";
import { live } from "../../api/live";
import type { Frame, Id, Message } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { useStore } from "../../ui/store";
import { useIsDark } from "../../ui/theme";
import { frameSeen } from "./highlight";
import { allowImages, areImagesAllowed } from "./images";
import { useRemembered } from "./remembered";
import { Text } from "./Text";

/** The server's frame addresses are short-lived: asked for again well before they end. */
const FRAME_LIFE_MS = 8 * 60_000;
const TALLEST_PX = 20_000;
const COLOURED = "[bgcolor], [color], [style*='color'], [style*='background']";
/** How tall a frame was when it was last seen: a row that comes back takes its room at once. */
const heights = new Map<string, number>();

/** The cache keeps this function for as long as the answer: made inside the component, it would keep the frame and the whole thread around it too. */
const frameQuery = (id: Id, withImages: boolean) =>
  queryOptions({
    queryKey: ["frame", id, withImages],
    queryFn: () => get<Frame>(`/api/messages/${id}/frame${withImages ? "?images=true" : ""}`),
    staleTime: FRAME_LIFE_MS,
    gcTime: FRAME_LIFE_MS,
  });

interface Props {
  message: Message;
  title: string;
  me: string;
  /** Shown as its sender coloured it, also in the dark. */
  isOriginal: boolean;
}

export function MailFrame({ message, title, me, isOriginal }: Props) {
  const { id } = message;
  const sender = message.origin.word === "suspicious" ? "" : (message.sender.address ?? "");
  const [isAsked, setAsked] = useRemembered(`images ${id}`, false);
  const withImages = isAsked || areImagesAllowed(me, sender);
  const isDark = useIsDark() && !isOriginal;
  const [isLoaded, setLoaded] = useState(false);
  const element = useRef<HTMLIFrameElement>(null);
  const stop = useRef<() => void>(() => undefined);
  const frame = useQuery(frameQuery(id, withImages));
  const { refetch, dataUpdatedAt } = frame;
  // The address came, and what stands at it did not: until the next answer.
  const [cutAt, setCutAt] = useState(0);
  const isCut = cutAt === dataUpdatedAt && cutAt > 0;
  const wasCut = useRef(isCut);
  wasCut.current = isCut;
  const isLive = useStore(live, (state) => state.connection === "live");
  useEffect(() => {
    if (isLive && wasCut.current) void refetch();
  }, [isLive, refetch]);

  const colour = useCallback(() => {
    const root = element.current?.contentDocument?.documentElement;
    if (!root) return;
    root.dataset.theme = isDark ? "dark" : "light";
    root.toggleAttribute("data-coloured", root.querySelector(`#mail :is(${COLOURED})`) !== null);
  }, [isDark]);
  useEffect(colour, [colour]);
  useEffect(() => () => stop.current(), []);

  /** False: it is the browser's own page about a line that is cut, or an address that is too old. */
  const measure = useCallback(
    (shown: HTMLIFrameElement): boolean => {
      stop.current();
      const inside = shown.contentDocument;
      if (!inside?.getElementById("mail")) return false;
      const follow = () => {
        const height = Math.ceil(inside.documentElement.getBoundingClientRect().height);
        heights.set(id, Math.min(TALLEST_PX, Math.max(24, height)));
        shown.style.height = `${heights.get(id)}px`;
      };
      // Keys pressed inside belong to the app: nothing in the frame can use them.
      const passOn = (event: KeyboardEvent) => {
        if (!dispatchEvent(new KeyboardEvent("keydown", event))) event.preventDefault();
      };
      inside.addEventListener("keydown", passOn);
      const watch = new ResizeObserver(follow);
      watch.observe(inside.documentElement);
      stop.current = () => watch.disconnect();
      lendFonts(inside);
      colour();
      follow();
      frameSeen(shown);
      setLoaded(true);
      return true;
    },
    [id, colour],
  );

  const again = () => void refetch();
  const isUnreached = isCut || (!frame.data && frame.failureReason instanceof NoConnection);
  if (isUnreached && message.text) return <TextAlone text={message.text} onRetry={again} />;
  if (isCut || frame.isError) return <Failed error={frame.error ?? new NoConnection()} onRetry={again} />;
  const room = heights.get(id);
  if (!frame.data) return room ? <div style={{ height: room }} /> : <Skeleton rows={1} shape="message" />;
  const { url, has_remote_images } = frame.data;
  return (
    <>
      {has_remote_images && !withImages ? (
        <p className="imagesnote">
          <ImageOff className="mid" />
          {t("mail.images_blocked")}
          <Button size="xs" look="ghost" onClick={() => setAsked(true)}>
            {t("mail.show_images")}
          </Button>
          {sender ? (
            <Button
              size="xs"
              look="ghost"
              onClick={() => {
                allowImages(me, sender);
                setAsked(true);
              }}
            >
              {t("mail.always_images", { sender })}
            </Button>
          ) : null}
        </p>
      ) : null}
      <iframe
        key={url}
        ref={element}
        src={url}
        title={title}
        className={`mailframe ${isLoaded ? "" : "loading"} ${isOriginal ? "original" : ""}`}
        style={{ height: room }}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        onLoad={(event) => {
          if (!measure(event.currentTarget)) setCutAt(dataUpdatedAt);
        }}
      />
    </>
  );
}

/** The words of a formatted mail, while the mail itself cannot be fetched. */
function TextAlone({ text, onRetry }: { text: string; onRetry: () => void }) {
  return (
    <>
      <p className="imagesnote">
        <WifiOff className="mid" />
        {t("mail.text_alone")}
        <Button size="xs" look="ghost" onClick={onRetry}>
          {t("common.retry")}
        </Button>
      </p>
      <Text text={text} />
    </>
  );
}

/** Mails that choose no font are set in the app's: its font faces are known inside too. */
function lendFonts(inside: Document): void {
  const faces: string[] = [];
  for (const sheet of document.styleSheets) {
    try {
      for (const rule of sheet.cssRules) if (rule instanceof CSSFontFaceRule) faces.push(rule.cssText);
    } catch {
      // A sheet from elsewhere (a browser extension's) cannot be read.
    }
  }
  const style = inside.createElement("style");
  style.textContent = faces.join("\n");
  inside.head.append(style);
}
