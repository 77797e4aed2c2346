/* The views people saved, in the views pane: open, edit, put in order, delete with undo. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { land } from "../../actions/landing";
import { patch, post, put, remove } from "../../api/client";
import { useMay } from "../../api/may";
import { keys, savedViewsQuery, viewsQuery } from "../../api/queries";
import type { SavedView } from "../../api/types";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { toast, toastError } from "../../ui/toasts";
import { editing } from "./filterState";
import { SavedIcon } from "./SavedIcon";
import { useView } from "./useList";
import { ViewLink } from "./ViewLink";
import { countId } from "./views";

/** Its owner changes a view, a shared one also an administrator. */
export function useCanChangeView(view: SavedView | undefined): boolean {
  const isAdmin = useMay("account_access");
  return view !== undefined && (view.is_mine || (view.is_shared && isAdmin));
}

function useWrite() {
  const client = useQueryClient();
  return async (write: () => Promise<unknown>): Promise<boolean> => {
    try {
      await write();
      await client.invalidateQueries({ queryKey: keys.savedViews });
      void client.invalidateQueries({ queryKey: keys.views });
      return true;
    } catch (problem) {
      toastError(problem);
      return false;
    }
  };
}

/** Keeps what the list shows now as the saved view's own filters. */
export function useSaveChanges() {
  const write = useWrite();
  const navigate = useNavigate();
  const { filter } = useView();
  return async (view: SavedView) => {
    const change = { filters: filter?.filters ?? {}, sort: filter?.sort };
    if (!(await write(() => patch(`/api/saved-views/${view.id}`, change)))) return;
    void navigate({ to: "/inbox/$view", params: { view: `saved-${view.id}` }, search: {} });
    toast(t("toast.view_saved"));
  };
}

export function SavedViews() {
  const saved = useQuery(savedViewsQuery).data ?? [];
  const counts = useQuery(viewsQuery).data ?? [];
  const { savedView: active } = useView();
  if (!saved.length) return null;
  return (
    <>
      <h3>{t("views.saved")}</h3>
      {saved.map((view, index) => (
        <ViewLink
          key={view.id}
          view={`saved-${view.id}`}
          icon={<SavedIcon name={view.icon} />}
          name={view.name}
          count={counts.find((count) => count.id === countId(`saved-${view.id}`))}
          menu={<SavedMenu view={view} saved={saved} index={index} isActive={active?.id === view.id} />}
        />
      ))}
    </>
  );
}

interface MenuProps {
  view: SavedView;
  saved: SavedView[];
  index: number;
  isActive: boolean;
}

function SavedMenu({ view, saved, index, isActive }: MenuProps) {
  const write = useWrite();
  const navigate = useNavigate();
  if (!useCanChangeView(view)) return null;
  const move = (by: 1 | -1) => {
    const ids = saved.map((one) => one.id);
    ids.splice(index, 1);
    ids.splice(index + by, 0, view.id);
    void write(() => put("/api/saved-views/order", { ids }));
  };
  const drop = async () => {
    if (!(await write(() => remove(`/api/saved-views/${view.id}`)))) return;
    if (isActive) void navigate({ to: "/inbox/$view", params: { view: "open" }, search: {} });
    else land(); // the button of its menu goes with it
    const { id: _id, is_mine: _mine, ...content } = view;
    toast(t("toast.view_deleted", { name: view.name }), () => void write(() => post("/api/saved-views", content)));
  };
  return (
    <Menu
      label={t("views.menu", { name: view.name })}
      className="iconbtn s viewmenu"
      align="end"
      items={[
        { id: "edit", label: t("views.edit"), run: () => editing.set({ view }) },
        ...(index > 0 ? [{ id: "up", label: t("views.up"), run: () => move(-1) }] : []),
        ...(index < saved.length - 1 ? [{ id: "down", label: t("views.down"), run: () => move(1) }] : []),
        { id: "delete", label: t("views.delete"), isDangerous: true, startsGroup: true, run: () => void drop() },
      ]}
    >
      <Ellipsis className="mid" />
    </Menu>
  );
}
