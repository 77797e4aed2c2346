/* Foreign HTML, shown in a frame that runs no script and has no cookies. The frame is on our own origin only so that this side can measure how tall
 * its content is; nothing inside can reach out. Remote images stay away until somebody asks for them. */
import { useQuery } from "@tanstack/react-query";
import { ImageOff } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import { get } from "../../api/client";
import type { Frame, Id } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";

/** The server's frame addresses are short-lived: asked for again well before they end. */
const FRAME_LIFE_MS = 8 * 60_000;

export function MailFrame({ id, title }: { id: Id; title: string }) {
  const [withImages, setWithImages] = useState(false);
  const [isLoaded, setLoaded] = useState(false);
  const stop = useRef<() => void>(() => undefined);
  const frame = useQuery({
    queryKey: ["frame", id, withImages],
    queryFn: () => get<Frame>(`/api/messages/${id}/frame${withImages ? "?images=true" : ""}`),
    staleTime: FRAME_LIFE_MS,
    gcTime: FRAME_LIFE_MS,
  });

  const measure = useCallback((element: HTMLIFrameElement) => {
    stop.current();
    const inside = element.contentDocument;
    if (!inside?.body) return;
    const follow = () => {
      const height = Math.ceil(inside.documentElement.getBoundingClientRect().height);
      element.style.height = `${Math.min(20_000, Math.max(24, height))}px`;
    };
    const watch = new ResizeObserver(follow);
    watch.observe(inside.documentElement);
    stop.current = () => watch.disconnect();
    follow();
    setLoaded(true);
  }, []);

  if (frame.isError) return <Failed error={frame.error} onRetry={() => void frame.refetch()} />;
  if (!frame.data) return <Skeleton rows={1} shape="message" />;
  const { url, has_remote_images } = frame.data;
  return (
    <>
      {has_remote_images && !withImages ? (
        <p className="imagesnote">
          <ImageOff className="mid" />
          {t("mail.images_blocked")}
          <Button size="xs" look="ghost" onClick={() => setWithImages(true)}>
            {t("mail.show_images")}
          </Button>
        </p>
      ) : null}
      <iframe
        key={url}
        src={url}
        title={title}
        className={`mailframe ${isLoaded ? "" : "loading"}`}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        onLoad={(event) => measure(event.currentTarget)}
      />
    </>
  );
}
