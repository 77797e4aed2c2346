/* What the screens of an import share: where one stands, its words, and the way to another. */
import { useNavigate } from "@tanstack/react-router";
import type { ContactImport } from "../../api/types";
import { Button } from "../../ui/Button";
import { type MessageId, t } from "../../ui/i18n";

export const LOOK_MS = 700;
export const importsKey = ["contact-imports"];
export const importKey = (id: string) => ["contact-import", id];

export const STATES: Record<ContactImport["state"], MessageId> = {
  ready: "import.state_ready",
  running: "import.state_running",
  done: "import.state_done",
  failed: "import.state_failed",
  undoing: "import.state_undoing",
  undone: "import.state_undone",
};

/** The worker is at it. */
export const isGoing = (one: ContactImport | undefined) => one?.state === "running" || one?.state === "undoing";

export function Again() {
  const navigate = useNavigate();
  return <Button onClick={() => void navigate({ to: "/contacts/import", search: {} })}>{t("import.another")}</Button>;
}
