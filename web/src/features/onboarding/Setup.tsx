/* The first run: account, inbox, channel. Each step is saved by the server as it is taken, and which one it is stands in the address: leaving in the
 * middle, or a reload, loses nothing. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { Suspense, useState } from "react";
import type { Inbox } from "../../api/types";
import { Button } from "../../ui/Button";
import { switchLocale, t } from "../../ui/i18n";
import { Skeleton } from "../../ui/States";
import { FirstAccount } from "./FirstAccount";
import { FirstChannel } from "./FirstChannel";
import { FirstInbox } from "./FirstInbox";
import { WelcomeFrame } from "./WelcomeFrame";

export default function Setup() {
  const navigate = useNavigate();
  const { step } = useSearch({ from: "/setup" });
  const [inbox, setInbox] = useState<Inbox | null>(null);
  const [isConnecting, setConnecting] = useState(false);
  const at = step ?? 1;
  const go = (to: 1 | 2 | 3) => navigate({ to: "/setup", search: { step: to } });
  // Back leads to the first step then, and not to an address that is only there while there is no account.
  const goOnFromAccount = () => navigate({ to: "/setup", search: { step: 1 }, replace: true }).then(() => go(2));
  const leave = () => void navigate({ to: "/" });
  const back = () => {
    if (isConnecting) setConnecting(false);
    else void go(at === 3 ? 2 : 1);
  };
  const foot =
    at > 1 ? (
      <div className="footways">
        <Button look="ghost" icon={<ArrowLeft />} className="backlink" onClick={back}>
          {t("common.back")}
        </Button>
        {at === 3 ? (
          <Button look="ghost" onClick={leave}>
            {t("setup.later")}
          </Button>
        ) : null}
      </div>
    ) : undefined;
  return (
    <WelcomeFrame step={at} foot={foot}>
      {at === 1 ? <FirstAccount isMade={step === 1} onDone={() => void goOnFromAccount()} /> : null}
      {at === 2 ? (
        <FirstInbox
          onDone={(made, language) => {
            setInbox(made);
            void go(3).then(() => switchLocale(language));
          }}
        />
      ) : null}
      {at === 3 ? (
        <Suspense fallback={<Skeleton rows={3} shape="line" />}>
          <FirstChannel inbox={inbox} isConnecting={isConnecting} onConnecting={setConnecting} onDone={leave} />
        </Suspense>
      ) : null}
    </WelcomeFrame>
  );
}
