/* Saves the filters on the screen as a view, or edits a saved one's name, icon and sharing. */
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { patch, post } from "../../api/client";
import { keys } from "../../api/queries";
import type { SavedView } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field, Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toast } from "../../ui/toasts";
import { editing, filterPanel } from "./filterState";
import SavedIcon, { SAVED_ICONS } from "./savedViewIcons";
import { useView } from "./useList";
import { partOf } from "./views";
import "./filters.css";

export default function ViewDialog({ view: edited }: { view: SavedView | null }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { view, filter } = useView();
  const [name, setName] = useState(edited?.name ?? "");
  const [icon, setIcon] = useState(edited?.icon ?? "star");
  const [isShared, setShared] = useState(edited?.is_shared ?? false);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const close = () => {
    filterPanel.set({ isSaving: false });
    editing.set({ view: null });
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const what = { name, icon, is_shared: isShared };
      const saved = edited
        ? await patch<SavedView>(`/api/saved-views/${edited.id}`, what)
        : await post<SavedView>("/api/saved-views", {
            ...what,
            sort: filter?.sort,
            filters: meant(view, filter?.filters),
          });
      await client.invalidateQueries({ queryKey: keys.savedViews });
      void client.invalidateQueries({ queryKey: keys.views });
      close();
      toast(t("toast.view_saved"));
      if (!edited) void navigate({ to: "/inbox/$view", params: { view: `saved-${saved.id}` }, search: {} });
    } catch (problem) {
      setError(sentence(problem));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t(edited ? "views.edit" : "filter.save_as")} onClose={close}>
      <form className="fields" onSubmit={save}>
        <Field
          label={t("views.name")}
          value={name}
          required
          maxLength={60}
          error={error}
          onChange={(event) => setName(event.target.value)}
        />
        <fieldset className="iconchoice">
          <legend className="label">{t("views.icon")}</legend>
          {Object.keys(SAVED_ICONS).map((one) => (
            <label key={one} title={one}>
              <input
                type="radio"
                name="icon"
                value={one}
                aria-label={one}
                checked={icon === one}
                onChange={() => setIcon(one)}
              />
              <SavedIcon name={one} />
            </label>
          ))}
        </fieldset>
        <Switch
          label={t("views.share")}
          hint={t("views.share_hint")}
          checked={isShared}
          onChange={(event) => setShared(event.target.checked)}
        />
        <p className="dialogfoot">
          <Button onClick={close}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" isBusy={isBusy} disabled={!name.trim()}>
            {t("common.save")}
          </Button>
        </p>
      </form>
    </Dialog>
  );
}

/** A saved view stands for itself, so what the view on the screen means by its name is written out. */
function meant(view: string, filters: object = {}): object {
  const part = partOf(view);
  const own: Record<string, object> = {
    mine: { status: "open", assignees: ["me"] },
    unassigned: { status: "open", assignees: ["nobody"] },
    closed: { status: "closed" },
    snoozed: { status: "snoozed" },
    all: {},
  };
  if (part?.kind === "saved") return filters;
  if (part?.kind === "channel") return { status: "open", channel_account_ids: [part.id], ...filters };
  if (part?.kind === "inbox") return { status: "open", inbox_ids: [part.id], ...filters };
  return { ...(own[view] ?? { status: "open" }), ...filters };
}
