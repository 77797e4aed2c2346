/* Somebody else set me to away: said on entering, until I answer. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { UserRoundX } from "lucide-react";
import { usersQuery } from "../../api/queries";
import type { Id } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { changePlan } from "./availability";
import { setMyStatus } from "./status";

export default function SetAway({ me, by }: { me: Id; by: Id }) {
  const client = useQueryClient();
  const name = useQuery(usersQuery).data?.find((user) => user.id === by)?.name ?? t("system.somebody");
  return (
    <div className="banner warn" role="alert">
      <UserRoundX />
      <span className="mid">{t("availability.set_away_by", { name })}</span>
      <Button size="xs" look="primary" onClick={() => void setMyStatus(client, me, "available")}>
        {t("availability.set_available")}
      </Button>
      <Button size="xs" look="ghost" onClick={() => void changePlan(client, me, { status: "away" })}>
        {t("availability.stay_away")}
      </Button>
    </div>
  );
}
