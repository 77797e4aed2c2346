import { FileText, Film, Image as ImageIcon } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Attachment } from "../../api/types";
import { fileSize } from "../../ui/format";
import { t, withWords } from "../../ui/i18n";

const Lightbox = lazy(withWords(() => import("./Lightbox")));
const SHOWN_AS_PICTURE = /^image\/(png|jpe?g|gif|webp|avif)$/;
/** Larger ones are no thumbnails: their own browser draws those, nobody else, and it should not have to load much for that. */
const PICTURE_LIMIT = 4_000_000;

/** A file of a message, or of the library. */
export type AnyFile = Pick<Attachment, "id" | "name" | "type" | "size" | "url">;

export const urlOf = (file: AnyFile) => file.url || `/api/attachments/${file.id}/content`;
export const isPicture = (file: AnyFile) => SHOWN_AS_PICTURE.test(file.type);
/** What the lightbox shows; sounds play where they are, and everything else is saved. */
export const isShown = (file: AnyFile) =>
  isPicture(file) || file.type === "application/pdf" || file.type.startsWith("video/");

interface Props {
  files: Attachment[];
  hasInline?: boolean;
  /** Where all of them can be had at once. */
  messageId?: string;
}

/** The files of a message. Inline ones stand in the formatted text already; where that is not shown they are listed too (`hasInline`). */
export function Files({ files, hasInline = true, messageId }: Props) {
  const [open, setOpen] = useState<number | null>(null);
  const shown = hasInline ? files : files.filter((file) => !file.is_inline);
  if (!shown.length) return null;
  const toSee = shown.filter(isShown);
  return (
    <>
      <ul className="files" aria-label={t("files.label", { count: shown.length })}>
        {shown.map((file) => (
          <li key={file.id}>
            {isShown(file) ? (
              <button
                type="button"
                className="file"
                title={file.name}
                aria-label={t("files.show", { name: file.name, size: fileSize(file.size) })}
                onClick={() => setOpen(toSee.indexOf(file))}
              >
                <FileChip file={file} />
              </button>
            ) : file.type.startsWith("audio/") ? (
              <figure className="sound">
                <figcaption>
                  <a className="file" href={urlOf(file)} download={file.name} title={file.name}>
                    <FileChip file={file} />
                  </a>
                </figcaption>
                {/* biome-ignore lint/a11y/useMediaCaption: nobody has written captions for what a customer recorded */}
                <audio controls preload="none" src={urlOf(file)} aria-label={file.name} />
              </figure>
            ) : (
              <a className="file" href={urlOf(file)} download={file.name} title={file.name}>
                <FileChip file={file} />
              </a>
            )}
          </li>
        ))}
        {messageId && shown.length > 1 ? (
          <li>
            <a className="file all" href={`/api/messages/${messageId}/attachments.zip`} download="">
              {t("files.all")}
            </a>
          </li>
        ) : null}
      </ul>
      {open === null ? null : (
        <Suspense fallback={null}>
          <Lightbox files={toSee} start={open} onClose={() => setOpen(null)} />
        </Suspense>
      )}
    </>
  );
}

function FileChip({ file }: { file: Attachment }) {
  return (
    <>
      <Thumb file={file} />
      <span className="cut mid" dir="auto">
        {file.name}
      </span>
      <span className="muted">{fileSize(file.size)}</span>
    </>
  );
}

export function Thumb({ file }: { file: AnyFile }) {
  if (isPicture(file) && file.size <= PICTURE_LIMIT)
    return (
      <span className="thumb">
        <img src={urlOf(file)} alt="" loading="lazy" decoding="async" />
      </span>
    );
  const Icon = isPicture(file) ? ImageIcon : file.type.startsWith("video/") ? Film : FileText;
  return (
    <span className="thumb">
      <Icon className="mid" />
    </span>
  );
}
