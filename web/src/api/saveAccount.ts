/* Changing a setting of the whole account, which stands in the session. */
import type { QueryClient } from "@tanstack/react-query";
import { patch } from "./client";
import { sessionQuery } from "./queries";
import { saveInto } from "./saving";
import type { Account, Session } from "./types";

export const saveAccount = (client: QueryClient, change: Partial<Account>): Promise<Account> =>
  saveInto<Session, Account>(
    client,
    sessionQuery.queryKey,
    (held) => ({ ...held, account: { ...held.account, ...change } }),
    () => patch("/api/account", change),
    (held, account) => ({ ...held, account }),
  );
