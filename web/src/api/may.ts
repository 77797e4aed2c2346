/* Has the signed-in person a permission? The server decides; this only spares them what they would be refused. */
import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "./queries";

export function useMay(permission: string): boolean {
  const mine = useQuery(sessionQuery).data?.user.permissions ?? [];
  return mine.includes("super_admin") || mine.includes(permission);
}
