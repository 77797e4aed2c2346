/* Whose a connection is, where it is one person's alone. */
import { useQuery } from "@tanstack/react-query";
import { UserRound } from "lucide-react";
import { sessionQuery, usersQuery } from "../../api/queries";
import type { ChannelAccount } from "../../api/types";
import { t } from "../../ui/i18n";

export function Owner({ account }: { account: ChannelAccount }) {
  const me = useQuery(sessionQuery).data?.user;
  const users = useQuery({ ...usersQuery, enabled: account.owner_id !== null }).data ?? [];
  if (!account.owner_id) return null;
  const name = users.find((one) => one.id === account.owner_id)?.name ?? t("system.somebody");
  return (
    <span className="chip s">
      <UserRound className="small" />
      {account.owner_id === me?.id ? t("channels.personal_mine") : t("channels.personal", { name })}
    </span>
  );
}
