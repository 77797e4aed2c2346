/* Files for the library on their way up, as attachments go: picked or dropped, with how far each is; one that failed stays with its reason. */
import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { post } from "../../api/client";
import { Button } from "../../ui/Button";
import { Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { toastError } from "../../ui/toasts";
import { ComposeFiles } from "../drafts/ComposeFiles";
import { filesOf, hasFiles } from "../drafts/dropped";
import { useUploads } from "../drafts/useUploads";
import type { RichApi } from "../editor/create";
import "../drafts/composer.css";

export function AddFiles({ onAdded }: { onAdded: () => void }) {
  const picker = useRef<HTMLInputElement>(null);
  const noEditor = useRef<RichApi | null>(null);
  const [isShared, setShared] = useState(true);
  const { uploads, start } = useUploads(undefined, {
    api: noEditor,
    files: [],
    onDone: (file) =>
      void post("/api/library-files", { attachment_id: file.id, is_shared: isShared }).then(onAdded, toastError),
  });
  return (
    <section
      className="fields"
      aria-label={t("library.add")}
      onDragOver={(event) => hasFiles(event.dataTransfer) && event.preventDefault()}
      onDrop={(event) => {
        if (!hasFiles(event.dataTransfer)) return;
        event.preventDefault();
        start(filesOf(event.dataTransfer), false);
      }}
    >
      <Switch
        label={t("library.for_everybody")}
        checked={isShared}
        onChange={(event) => setShared(event.target.checked)}
      />
      <p>
        <Button look="primary" icon={<Plus />} onClick={() => picker.current?.click()}>
          {t("library.add")}
        </Button>
      </p>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={t("library.add")}
        onChange={(event) => {
          start([...(event.target.files ?? [])], false);
          event.target.value = "";
        }}
      />
      <ComposeFiles files={[]} uploads={uploads} onRemove={() => undefined} />
    </section>
  );
}
