/* What is done to all chosen contacts at once, and undone at once. */
import { Ban, FileDown, UserRoundPlus } from "lucide-react";
import { useState } from "react";
import { post } from "../../api/client";
import { keys } from "../../api/queries";
import type { ContactRow } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { inWords } from "../../ui/serverWords";
import { useStore } from "../../ui/store";
import { toast, toastError } from "../../ui/toasts";
import type { People } from "../contacts/changes";
import { AT_ONCE, chosen } from "./book";

interface Results {
  results: { id: string; code: string; detail: string }[];
  changed_count: number;
}
type Change = { owner_id?: string | null; is_blocked?: boolean };

interface Props {
  rows: readonly ContactRow[];
  where: People;
  /** Left out for those who may not. */
  onExport?: (ids: readonly string[]) => void;
}

export function BookBulk({ rows, where, onExport }: Props) {
  const ids = useStore(chosen, (state) => state.ids);
  const [isBusy, setBusy] = useState(false);
  const renew = () => where.client.invalidateQueries({ queryKey: keys.contactBook });
  const those = rows.filter((row) => ids.has(row.id));
  // Whoever one may only look at is passed over, and said to be: the server would refuse it.
  const mine = those.filter((row) => row.can_act);
  const act = async (change: Change) => {
    const before = mine;
    setBusy(true);
    try {
      const done = await post<Results>("/api/contacts/bulk", { ids: before.map((row) => row.id), change });
      const refused = done.results.find((one) => one.code);
      const changed = before.filter((row) => done.results.some((one) => one.id === row.id && !one.code));
      if (changed.length)
        toast(t("book.changed", { count: done.changed_count }), () => void undo(changed, change), { isLasting: true });
      if (refused) toastError(inWords(refused.detail));
      chosen.set({ ids: new Set() });
    } catch (problem) {
      toastError(problem);
    }
    setBusy(false);
    await renew();
  };
  const undo = async (before: readonly ContactRow[], change: Change) => {
    const changes = before.map((row) => ({
      id: row.id,
      change: "owner_id" in change ? { owner_id: row.owner_id } : { is_blocked: row.is_blocked },
    }));
    await post("/api/contacts/bulk", { changes }).catch((problem) => toastError(problem));
    await renew();
  };
  const areBlocked = mine.every((row) => row.is_blocked);
  return (
    <div className="selectionbar" role="toolbar" aria-label={t("book.chosen_label")} aria-busy={isBusy}>
      <span className="mid" role="status">
        {t("book.chosen", { count: ids.size })}
        {ids.size >= AT_ONCE ? ` · ${t("book.chosen_most")}` : ""}
        {mine.length < those.length ? ` · ${t("book.read_only", { count: those.length - mine.length })}` : ""}
      </span>
      <span className="grow" />
      {mine.length ? (
        <>
          <Menu
            label={t("book.give_owner")}
            className="btn xs ghost"
            items={[
              {
                id: "nobody",
                label: t("assign.nobody"),
                icon: <span className="nobody" />,
                run: () => void act({ owner_id: null }),
              },
              ...where.users
                .filter((user) => user.is_active)
                .map((user) => ({
                  id: user.id,
                  label: user.name,
                  icon: <Avatar name={user.name} seed={user.id} size={18} />,
                  run: () => void act({ owner_id: user.id }),
                })),
            ]}
          >
            <UserRoundPlus className="mid" />
            {t("contact.owner")}
          </Menu>
          <Button
            size="xs"
            look="ghost"
            icon={<Ban className="mid" />}
            onClick={() => void act({ is_blocked: !areBlocked })}
          >
            {t(areBlocked ? "contact.unblock" : "contact.block")}
          </Button>
        </>
      ) : null}
      {onExport ? (
        <Button size="xs" look="ghost" icon={<FileDown className="mid" />} onClick={() => onExport([...ids])}>
          {t("export.begin")}
        </Button>
      ) : null}
      <Button size="xs" look="ghost" onClick={() => chosen.set({ ids: new Set() })}>
        {t("selection.done")}
      </Button>
    </div>
  );
}
