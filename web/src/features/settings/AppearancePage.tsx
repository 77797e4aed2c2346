import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { patch } from "../../api/client";
import { keys, sessionQuery } from "../../api/queries";
import { saveInto } from "../../api/saving";
import type { Session } from "../../api/types";
import { type Appearance, appearance, type Density, setAppearance } from "../../ui/appearance";
import { Select } from "../../ui/Field";
import { type MessageId, t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { useStore } from "../../ui/store";
import { chosenTheme, setTheme, type Theme } from "../../ui/theme";
import { toastError } from "../../ui/toasts";

const DENSITIES: Record<Density, MessageId> = { comfortable: "density.comfortable", compact: "density.compact" };
const SORTS: Record<Appearance["list_sort"], MessageId> = {
  due: "sort.due",
  newest: "sort.newest",
  oldest: "sort.oldest",
};

/** How the app looks, and in what order lists begin. Holds at once. */
export function AppearancePage() {
  const client = useQueryClient();
  const me = useQuery(sessionQuery).data?.user;
  const { density, list_sort: sort } = useStore(appearance, (state) => state);
  const [theme, chooseTheme] = useState(chosenTheme());
  const change = async (part: Partial<Appearance>) => {
    setAppearance(part);
    const preferences = { ...me?.preferences, appearance: appearance.get() };
    try {
      await saveInto<Session, unknown>(
        client,
        keys.session,
        (held) => ({ ...held, user: { ...held.user, preferences } }),
        () => patch("/api/users/me", { preferences }),
      );
    } catch (problem) {
      toastError(sentence(problem));
    }
  };
  return (
    <div className="narrow">
      <h1>{t("settings.appearance")}</h1>
      <div className="fields">
        <Select
          label={t("profile.theme")}
          hint={t("appearance.theme_hint")}
          value={theme}
          onChange={(event) => {
            const next = event.target.value as Theme;
            setTheme(next);
            chooseTheme(next);
          }}
        >
          {(["system", "light", "dark"] as const).map((one) => (
            <option key={one} value={one}>
              {t(`theme.${one}`)}
            </option>
          ))}
        </Select>
        <Select
          label={t("appearance.density")}
          hint={t("appearance.density_hint")}
          value={density}
          onChange={(event) => void change({ density: event.target.value as Density })}
        >
          {Object.entries(DENSITIES).map(([one, name]) => (
            <option key={one} value={one}>
              {t(name)}
            </option>
          ))}
        </Select>
        <Select
          label={t("appearance.sort")}
          hint={t("appearance.sort_hint")}
          value={sort}
          onChange={(event) => void change({ list_sort: event.target.value as Appearance["list_sort"] })}
        >
          {Object.entries(SORTS).map(([one, name]) => (
            <option key={one} value={one}>
              {t(name)}
            </option>
          ))}
        </Select>
      </div>
    </div>
  );
}
