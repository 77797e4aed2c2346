/* Setting up a connection, step by step (pictures 03a to 03d). Until it is connected, what is typed is a draft; afterwards each step is kept with the
 * channel account, and going on later begins where one stopped. The fields of each step, their order and words come from the channel's own description. */
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { isNotThere } from "../../../api/client";
import { brandQuery, channelsQuery, inboxesQuery } from "../../../api/queries";
import type { ChannelAccount, Id } from "../../../api/types";
import { t } from "../../../ui/i18n";
import { Failed, Skeleton } from "../../../ui/States";
import { channelDraftQuery } from "./leaving";
import { Wizard } from "./Wizard";

interface Props {
  /** "connect-" and a kind, or "draft-" and the id of one that was begun. */
  item?: string;
  account?: ChannelAccount;
  onAnother: (kind: string, inbox: Id) => void;
}

export default function SetUp({ item = "", account, onAnother }: Props) {
  // How it was opened: while it is typed, the draft gets an address of its own.
  const { inbox } = useSearch({ strict: false });
  const [[how = "", which = ""]] = useState(() => split(item));
  const channels = useQuery(channelsQuery).data;
  const draft = useQuery({ ...channelDraftQuery(which), enabled: how === "draft" });
  const brand = useQuery(brandQuery);
  const inboxes = useQuery(inboxesQuery);
  // Connected, a draft is gone; what was read of it stays.
  const failed = [draft, inboxes].find((one) => one.isError && !one.data);
  if (failed)
    return <Failed error={failed.error} onRetry={isNotThere(failed.error) ? undefined : () => void failed.refetch()} />;
  if (
    !channels ||
    !inboxes.data ||
    brand.isPending ||
    (how === "account" && !account) ||
    (how === "draft" && !draft.data)
  )
    return <Skeleton rows={4} shape="line" />;
  const kind = account?.kind ?? draft.data?.kind ?? which;
  const channel = channels.find((one) => one.kind === kind);
  if (!channel) return <p>{t("problem.not_found")}</p>;
  return (
    <Wizard
      channel={channel}
      begun={draft.data ?? null}
      connected={account ?? null}
      brand={brand.data?.name ?? ""}
      inbox={inbox ?? null}
      onAnother={onAnother}
    />
  );
}

const split = (item: string) => {
  const at = item.indexOf("-");
  return at < 0 ? ["account", item] : [item.slice(0, at), item.slice(at + 1)];
};
