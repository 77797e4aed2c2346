import { useNavigate } from "@tanstack/react-router";
import { Languages, LogOut, Moon, Settings2, Sun, SunMoon } from "lucide-react";
import { patch } from "../../api/client";
import type { User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { LOCALES, locale, switchLocale, t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { chosenTheme, setTheme } from "../../ui/theme";
import { signOut } from "../session/auth";

interface Props {
  me: User;
  className: string;
  side: "right" | "top";
  hasWord?: boolean;
}

/** Small preferences: theme, language, and the way out. */
export function MeMenu({ me, className, side, hasWord }: Props) {
  const navigate = useNavigate();
  const theme = chosenTheme();
  const icons = { system: <SunMoon />, light: <Sun />, dark: <Moon /> };
  return (
    <Menu
      label={t("me.menu", { name: me.name })}
      className={className}
      side={side}
      align="end"
      items={[
        ...(["system", "light", "dark"] as const).map((one) => ({
          id: one,
          label: t(`theme.${one}`),
          icon: icons[one],
          isChosen: one === theme,
          run: () => setTheme(one),
        })),
        ...LOCALES.map((one, index) => ({
          id: one,
          label: t(`locale.${one}`),
          icon: <Languages />,
          isChosen: one === locale(),
          startsGroup: index === 0,
          run: () => void changeLocale(one),
        })),
        {
          id: "settings",
          label: t("nav.settings"),
          icon: <Settings2 />,
          startsGroup: true,
          run: () => void navigate({ to: "/settings" }),
        },
        { id: "out", label: t("session.sign_out"), icon: <LogOut />, run: () => void signOut() },
      ]}
    >
      <Avatar name={me.name} seed={me.id} size={hasWord ? 24 : 28} />
      {hasWord ? t("nav.me") : null}
    </Menu>
  );
}

export async function changeLocale(next: string): Promise<void> {
  await patch("/api/users/me", { locale: next }).catch(() => undefined);
  switchLocale(next);
}
