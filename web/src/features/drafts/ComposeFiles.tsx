import { CircleAlert, LoaderCircle, X } from "lucide-react";
import type { Attachment, Id } from "../../api/types";
import { Button, IconButton } from "../../ui/Button";
import { fileSize, percent } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Thumb } from "../messages/Files";
import type { Upload } from "./useUploads";

interface Props {
  files: Attachment[];
  uploads: readonly Upload[];
  onRemove: (id: Id) => void;
}

export function ComposeFiles({ files, uploads, onRemove }: Props) {
  if (!files.length && !uploads.length) return null;
  return (
    <ul className="files" aria-label={t("files.label", { count: files.length + uploads.length })}>
      {files.map((file) => (
        <li key={file.id} className="file">
          <Thumb file={file} />
          <span className="cut mid" dir="auto">
            {file.name}
          </span>
          <span className="muted">{fileSize(file.size)}</span>
          <IconButton label={t("files.remove", { name: file.name })} onClick={() => onRemove(file.id)}>
            <X className="small" />
          </IconButton>
        </li>
      ))}
      {uploads.map((one) => (
        <li key={one.id} className={`file ${one.failure ? "failed" : ""}`}>
          <span className="thumb">
            {one.failure ? <CircleAlert className="mid" /> : <LoaderCircle className="mid spin" />}
          </span>
          {one.failure ? (
            <>
              <span className="cut grow" title={one.failure}>
                {one.failure}
              </span>
              <Button size="xs" aria-label={t("files.retry", { name: one.name })} onClick={one.retry}>
                {t("common.retry")}
              </Button>
            </>
          ) : (
            <>
              <span className="cut mid" dir="auto">
                {one.name}
              </span>
              <span className="muted num">{percent(one.share)}</span>
            </>
          )}
          <IconButton label={t(one.failure ? "files.remove" : "files.cancel", { name: one.name })} onClick={one.cancel}>
            <X className="small" />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
