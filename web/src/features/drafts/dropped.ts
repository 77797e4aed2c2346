/* Files that are dropped or pasted. A folder comes as a file that cannot be read: it is told of, and left out. Read next: useUploads.ts. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { t } from "../../ui/i18n";
import { toastError } from "../../ui/toasts";

export const hasFiles = (data: DataTransfer | null) => data?.types.includes("Files") ?? false;

export function filesOf(data: DataTransfer | null): File[] {
  const items = [...(data?.items ?? [])].filter((item) => item.kind === "file");
  const isFolder = (item: DataTransferItem) => item.webkitGetAsEntry()?.isDirectory ?? false;
  const folders = items.filter(isFolder).map((item) => item.getAsFile()?.name ?? "");
  for (const name of folders) toastError(t("files.folder", { name }));
  return [...(data?.files ?? [])].filter((file) => !folders.includes(file.name));
}

/** What is dropped anywhere in the conversation goes along with what is written in it. `true` while something is held over it. */
export function useDrop(
  form: RefObject<HTMLElement | null>,
  attach: (files: File[], isInText: boolean) => void,
): boolean {
  const [isDropping, setDropping] = useState(false);
  const latest = useRef(attach);
  latest.current = attach;
  useEffect(() => {
    const pane = form.current?.closest<HTMLElement>("[data-pane=thread]");
    if (!pane) return;
    const show = (isOver: boolean) => {
      setDropping(isOver);
      // A mail is a page of its own, which would take the file.
      pane.classList.toggle("takesfiles", isOver);
    };
    const over = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      show(true);
    };
    const leave = (event: DragEvent) => {
      if (!(event.relatedTarget instanceof Node && pane.contains(event.relatedTarget))) show(false);
    };
    const end = () => show(false);
    const drop = (event: DragEvent) => {
      if (event.defaultPrevented || !hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      latest.current(filesOf(event.dataTransfer), false);
    };
    pane.addEventListener("dragover", over);
    pane.addEventListener("dragleave", leave);
    pane.addEventListener("drop", end, true);
    pane.addEventListener("drop", drop);
    return () => {
      end();
      pane.removeEventListener("dragover", over);
      pane.removeEventListener("dragleave", leave);
      pane.removeEventListener("drop", end, true);
      pane.removeEventListener("drop", drop);
    };
  }, [form]);
  return isDropping;
}
