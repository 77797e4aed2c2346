import { Link } from "@tanstack/react-router";
import { Unplug } from "lucide-react";
import type { ReactNode } from "react";
import type { ViewCount } from "../../api/types";
import { number } from "../../ui/format";
import { t } from "../../ui/i18n";

export function countText(count: ViewCount | undefined): string {
  if (!count?.count) return "";
  return count.is_capped ? t("count.capped", { count: number(count.count) }) : number(count.count);
}

interface Props {
  view: string;
  icon: ReactNode;
  name: string;
  count: ViewCount | undefined;
  /** "hot": work is waiting; "late": it is late. */
  heat?: "hot" | "late";
  warning?: string;
  menu?: ReactNode;
}

export function ViewLink({ view, icon, name, count, heat, warning, menu }: Props) {
  const text = countText(count);
  const link = (
    <Link
      className="navitem"
      to="/inbox/$view"
      params={{ view }}
      search={{}}
      activeOptions={{ includeSearch: false }}
      activeProps={{ className: "active", "aria-current": "page" }}
    >
      {icon}
      <span className="grow cut" title={name}>
        {name}
      </span>
      {warning ? (
        <span className="plug" title={warning} role="img" aria-label={warning}>
          <Unplug className="mid" />
        </span>
      ) : null}
      {text ? <span className={`count ${heat ?? ""}`}>{text}</span> : null}
    </Link>
  );
  return menu ? (
    <div className="navrow">
      {link}
      {menu}
    </div>
  ) : (
    link
  );
}
