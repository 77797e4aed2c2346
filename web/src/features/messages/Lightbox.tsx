/* Pictures, PDFs and films over the whole window: zoom, next and previous, download, all by keyboard too. A picture comes from an address under a
 * policy in which nothing runs, and a PDF is drawn by the browser's own viewer. */
import { ChevronLeft, ChevronRight, Download, Minus, Plus, X } from "lucide-react";
import { type PointerEvent, useEffect, useRef, useState } from "react";
import { announce } from "../../ui/announce";
import { IconButton } from "../../ui/Button";
import { useBackCloses } from "../../ui/backCloses";
import { fileSize, percent } from "../../ui/format";
import { t } from "../../ui/i18n";
import { type AnyFile, isPicture, urlOf } from "./Files";
import "./lightbox.css";

const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];

interface Props {
  files: AnyFile[];
  start: number;
  onClose: () => void;
}

export default function Lightbox({ files, start, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [at, setAt] = useState(start);
  const [zoom, setZoom] = useState(1);
  const file = files[at];
  const isImage = file !== undefined && isPicture(file);

  useBackCloses(onClose);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  useEffect(() => {
    setZoom(1);
    // What had the focus may have gone with the file before: the zoom, the picture. The keys are still ours, and Escape closes no more than this.
    if (!dialog.current?.contains(document.activeElement)) dialog.current?.focus();
    if (file) announce(t("lightbox.place", { name: file.name, at: at + 1, count: files.length }));
  }, [file, at, files.length]);

  if (!file) return null;
  const step = (by: 1 | -1) => setAt((now) => (now + by + files.length) % files.length);
  const scale = (by: 1 | -1) => setZoom((now) => ZOOMS[ZOOMS.indexOf(now) + by] ?? now);
  const onKey = (key: string): boolean => {
    if (key === "ArrowRight" && files.length > 1) step(1);
    else if (key === "ArrowLeft" && files.length > 1) step(-1);
    else if ((key === "+" || key === "=") && isImage) scale(1);
    else if (key === "-" && isImage) scale(-1);
    else if (key === "0") setZoom(1);
    else return false;
    return true;
  };
  return (
    <dialog
      ref={dialog}
      className="lightbox"
      tabIndex={-1}
      aria-label={file.name}
      // The browser may close it by itself, without asking first.
      onClose={onClose}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (!event.ctrlKey && !event.metaKey && onKey(event.key)) event.preventDefault();
      }}
    >
      <header>
        <h2 className="cut grow" dir="auto">
          {file.name}
        </h2>
        <span className="num">
          {[files.length > 1 ? t("lightbox.of", { at: at + 1, count: files.length }) : "", fileSize(file.size)]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {isImage ? (
          <>
            <IconButton label={t("lightbox.smaller")} keys="-" disabled={zoom === 1} onClick={() => scale(-1)}>
              <Minus />
            </IconButton>
            <span className="num zoom">{percent(zoom)}</span>
            <IconButton label={t("lightbox.larger")} keys="+" disabled={zoom === ZOOMS.at(-1)} onClick={() => scale(1)}>
              <Plus />
            </IconButton>
          </>
        ) : null}
        <a
          className="iconbtn"
          href={urlOf(file)}
          download={file.name}
          title={t("lightbox.download")}
          aria-label={t("lightbox.download")}
        >
          <Download />
        </a>
        <IconButton label={t("common.close")} keys="Esc" onClick={onClose}>
          <X />
        </IconButton>
      </header>
      <div className="stage">
        {files.length > 1 ? (
          <IconButton className="step" label={t("lightbox.previous")} keys="←" onClick={() => step(-1)}>
            <ChevronLeft />
          </IconButton>
        ) : null}
        {isImage ? (
          <Picture key={file.id} file={file} zoom={zoom} onZoom={() => setZoom(zoom === 1 ? 2 : 1)} />
        ) : (
          <Other file={file} />
        )}
        {files.length > 1 ? (
          <IconButton className="step" label={t("lightbox.next")} keys="→" onClick={() => step(1)}>
            <ChevronRight />
          </IconButton>
        ) : null}
      </div>
    </dialog>
  );
}

function Picture({ file, zoom, onZoom }: { file: AnyFile; zoom: number; onZoom: () => void }) {
  const [isBroken, setBroken] = useState(false);
  const held = useRef<{ x: number; y: number; left: number; top: number } | null>(null);
  const letGo = () => {
    held.current = null;
  };
  const drag = (event: PointerEvent<HTMLElement>) => {
    const from = held.current;
    if (from) event.currentTarget.scrollTo(from.left + from.x - event.clientX, from.top + from.y - event.clientY);
  };
  if (isBroken) return <p className="broken">{t("lightbox.broken")}</p>;
  return (
    <section
      className={`picture ${zoom > 1 ? "near" : ""}`}
      aria-label={t("lightbox.picture")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled is reached by keyboard
      tabIndex={0}
      onDoubleClick={onZoom}
      onPointerDown={(event) => {
        const pane = event.currentTarget;
        held.current = { x: event.clientX, y: event.clientY, left: pane.scrollLeft, top: pane.scrollTop };
      }}
      onPointerMove={drag}
      onPointerUp={letGo}
      onPointerLeave={letGo}
    >
      <img
        src={urlOf(file)}
        alt={file.name}
        draggable={false}
        style={zoom > 1 ? { width: `${zoom * 100}%`, maxWidth: "none", maxHeight: "none" } : undefined}
        onError={() => setBroken(true)}
      />
    </section>
  );
}

function Other({ file }: { file: AnyFile }) {
  if (file.type === "application/pdf") return <iframe className="page" title={file.name} src={urlOf(file)} />;
  // biome-ignore lint/a11y/useMediaCaption: nobody has written captions for what a customer filmed
  return <video className="film" controls preload="metadata" src={urlOf(file)} aria-label={file.name} />;
}
