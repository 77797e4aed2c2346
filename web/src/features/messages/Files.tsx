import { FileText, Image as ImageIcon } from "lucide-react";
import type { Attachment } from "../../api/types";
import { fileSize } from "../../ui/format";
import { t } from "../../ui/i18n";

const SHOWN_AS_PICTURE = /^image\/(png|jpe?g|gif|webp|avif)$/;
const PICTURE_LIMIT = 2_000_000;

const urlOf = (file: Attachment) => file.url || `/api/attachments/${file.id}/content`;

/** The files of a message. Inline ones stand in the formatted text already; where that is not shown they are listed too (`hasInline`). */
export function Files({ files, hasInline = true }: { files: Attachment[]; hasInline?: boolean }) {
  const shown = hasInline ? files : files.filter((file) => !file.is_inline);
  if (!shown.length) return null;
  return (
    <ul className="files" aria-label={t("files.label", { count: shown.length })}>
      {shown.map((file) => (
        <li key={file.id}>
          <a
            className="file"
            href={urlOf(file)}
            target="_blank"
            rel="noopener"
            download={isPicture(file) ? undefined : file.name}
          >
            <Thumb file={file} />
            <span className="cut mid">{file.name}</span>
            <span className="muted">{fileSize(file.size)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

const isPicture = (file: Attachment) => SHOWN_AS_PICTURE.test(file.type);

export function Thumb({ file }: { file: Attachment }) {
  if (isPicture(file) && file.size <= PICTURE_LIMIT)
    return (
      <span className="thumb">
        <img src={urlOf(file)} alt="" loading="lazy" />
      </span>
    );
  return (
    <span className="thumb">{isPicture(file) ? <ImageIcon className="mid" /> : <FileText className="mid" />}</span>
  );
}
