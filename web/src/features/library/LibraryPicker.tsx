/* The files that are kept for re-use, over the composer: typing narrows them, Enter puts one into what one writes, Esc closes. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import type { LibraryFile } from "../../api/types";
import { fileSize } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Picker } from "../../ui/Picker";
import { Failed, Skeleton } from "../../ui/States";
import { IN_TEXT } from "../drafts/useUploads";
import { Thumb } from "../messages/Files";
import { libraryQuery } from "./library";
import "../messages/thread.css";

interface Props {
  /** Can a picture stand in the text? Then each comes twice: as an attachment, and to be put where the cursor is. */
  hasPictures: boolean;
  onChoose: (file: LibraryFile, isInText: boolean) => void;
  onDone: () => void;
}

const TEXT = "text ";

export default function LibraryPicker({ hasPictures, onChoose, onDone }: Props) {
  const query = useQuery(libraryQuery);
  const box = useRef<HTMLDivElement>(null);
  return (
    <div
      className="emojibox"
      role="group"
      aria-label={t("library.title")}
      ref={box}
      onBlur={(event) => {
        if (event.relatedTarget && !box.current?.contains(event.relatedTarget)) onDone();
      }}
    >
      {query.isError && !query.data ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <Skeleton rows={3} shape="line" /> : null}
      {query.data ? (
        <Picker
          label={t("library.find")}
          placeholder={t("library.find")}
          empty={t(query.data.length ? "library.none" : "library.empty")}
          items={query.data.flatMap((file) => {
            const item = {
              id: file.id,
              label: file.name,
              hint: fileSize(file.size),
              detail: file.is_shared ? undefined : t("snippets.own"),
              icon: <Thumb file={file} />,
            };
            const canStand = hasPictures && IN_TEXT.test(file.type);
            return canStand
              ? [item, { ...item, id: TEXT + file.id, hint: undefined, detail: t("library.in_text") }]
              : [item];
          })}
          onChoose={({ id }) => {
            const isInText = id.startsWith(TEXT);
            const file = query.data.find((one) => one.id === (isInText ? id.slice(TEXT.length) : id));
            if (file) onChoose(file, isInText);
          }}
        >
          <Link className="btn ghost s" to="/settings/$section" params={{ section: "files" }}>
            {t("library.manage")}
          </Link>
        </Picker>
      ) : null}
    </div>
  );
}
