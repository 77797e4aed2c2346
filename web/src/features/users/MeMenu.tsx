import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Bell, Languages, LogOut, Moon, Settings2, Sun, SunMoon } from "lucide-react";
import { patch } from "../../api/client";
import type { User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { useFirstPaint } from "../../ui/firstPaint";
import { moment } from "../../ui/format";
import { LOCALES, locale, switchLocale, t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { chosenTheme, setTheme } from "../../ui/theme";
import { planQuery } from "../availability/availability";
import { setMyStatus } from "../availability/status";
import { countWords, unreadQuery } from "../notifications/unread";
import { signOut } from "../session/auth";

interface Props {
  me: User;
  className: string;
  side: "right" | "top";
  hasWord?: boolean;
}

/** Whether I am there, small preferences, and the way out. */
export function MeMenu({ me, className, side, hasWord }: Props) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const plan = useQuery({ ...planQuery(me.id), enabled: useFirstPaint() }).data;
  // On a phone the way to what one was told is in here: the bar has room for four.
  const unread = useQuery({ ...unreadQuery, enabled: useFirstPaint() && hasWord === true }).data?.notifications ?? 0;
  const told = hasWord && unread > 0 ? `, ${t("nav.notifications_unread", { count: unread })}` : "";
  const theme = chosenTheme();
  const icons = { system: <SunMoon />, light: <Sun />, dark: <Moon /> };
  return (
    <Menu
      label={
        t(plan ? (plan.status === "away" ? "me.menu_away" : "me.menu_available") : "me.menu", { name: me.name }) + told
      }
      className={className}
      side={side}
      align="end"
      items={[
        ...(hasWord
          ? [
              {
                id: "told",
                label: t("nav.notifications"),
                icon: <Bell />,
                count: countWords(unread),
                run: () => void navigate({ to: "/notifications" }),
              },
            ]
          : []),
        ...(["available", "away"] as const).map((one, index) => ({
          id: one,
          startsGroup: hasWord && index === 0,
          label: t(one === "away" ? "me.away" : "me.available"),
          icon: <span className={`dot ${one === "away" ? "warn" : "ok"}`} />,
          isChosen: one === plan?.status,
          count:
            one === plan?.status && plan.until ? t("me.until", { time: moment(plan.until, new Date()) }) : undefined,
          run: () => void (one !== plan?.status && setMyStatus(client, me.id, one)),
        })),
        ...(["system", "light", "dark"] as const).map((one, index) => ({
          id: one,
          label: t(`theme.${one}`),
          icon: icons[one],
          isChosen: one === theme,
          startsGroup: index === 0,
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
      <Avatar name={me.name} seed={me.id} size={hasWord ? 24 : 28}>
        {plan ? <i className={`presence ${plan.status}`} /> : null}
      </Avatar>
      {hasWord ? t("nav.me") : null}
      {told ? <span className="n">{countWords(unread)}</span> : null}
    </Menu>
  );
}

export async function changeLocale(next: string): Promise<void> {
  await patch("/api/users/me", { locale: next }).catch(() => undefined);
  switchLocale(next);
}
