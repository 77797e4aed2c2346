import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Ban, CircleDashed, FileUp, MessageSquare, SlidersHorizontal, UserRound, Users } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "../../api/may";
import { sessionQuery } from "../../api/queries";
import { type MessageId, t } from "../../ui/i18n";
import type { BookSearch } from "./book";

const VIEWS: { label: MessageId; icon: ReactNode; search: BookSearch }[] = [
  { label: "book.all", icon: <Users />, search: {} },
  { label: "book.mine", icon: <UserRound />, search: { owner: "me" } },
  { label: "book.no_owner", icon: <CircleDashed />, search: { owner: "nobody" } },
  { label: "book.has_open", icon: <MessageSquare />, search: { open: "true" } },
  { label: "book.blocked", icon: <Ban />, search: { blocked: "true" } },
];

/** What the book can be opened at, beside it. */
export function BookNav({ search }: { search?: BookSearch }) {
  const isSignedIn = useQuery(sessionQuery).isSuccess;
  const mayDefine = useMay("account_access") && isSignedIn;
  const same = (one: BookSearch) =>
    search !== undefined &&
    (["owner", "open", "blocked"] as const).every((name) => (search[name] ?? "") === (one[name] ?? ""));
  return (
    <nav className="sidenav views" aria-label={t("book.title")} data-pane="views">
      <header>{t("book.title")}</header>
      {VIEWS.map((one) => (
        <Link
          key={one.label}
          className={`navitem ${same(one.search) ? "active" : ""}`}
          aria-current={same(one.search) ? "page" : undefined}
          to="/contacts"
          search={one.search}
          activeOptions={{ exact: true }}
        >
          {one.icon}
          {t(one.label)}
        </Link>
      ))}
      {mayDefine ? (
        <>
          <h3>{t("book.set_up")}</h3>
          <Link className="navitem" to="/contacts/import" activeProps={{ className: "active" }}>
            <FileUp />
            {t("import.title")}
          </Link>
          <Link className="navitem" to="/settings/$section" params={{ section: "properties" }}>
            <SlidersHorizontal />
            {t("settings.properties")}
          </Link>
        </>
      ) : null}
    </nav>
  );
}
