import { useState } from "react";
import { type Appearance, appearance, type Density, setAppearance } from "../../ui/appearance";
import { Select } from "../../ui/Field";
import { type MessageId, t } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { chosenTheme, setTheme, type Theme } from "../../ui/theme";
import { useSavePreferences } from "./savePreferences";

const DENSITIES: Record<Density, MessageId> = { comfortable: "density.comfortable", compact: "density.compact" };
const SORTS: Record<Appearance["list_sort"], MessageId> = {
  due: "sort.due",
  newest: "sort.newest",
  oldest: "sort.oldest",
};

/** How the app looks, and in what order lists begin. Holds at once. */
export function AppearancePage() {
  const save = useSavePreferences();
  const { density, list_sort: sort } = useStore(appearance, (state) => state);
  const [theme, chooseTheme] = useState(chosenTheme());
  const change = (part: Partial<Appearance>) => {
    setAppearance(part);
    void save({ appearance: appearance.get() });
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
          onChange={(event) => change({ density: event.target.value as Density })}
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
          onChange={(event) => change({ list_sort: event.target.value as Appearance["list_sort"] })}
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
