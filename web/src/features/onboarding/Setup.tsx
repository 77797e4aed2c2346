/* The first run: account, inbox, channel. Each step is saved by the server as it is taken, so leaving in the middle loses nothing. */
import { useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { Suspense, useState } from "react";
import type { Inbox } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { Skeleton } from "../../ui/States";
import { FirstAccount } from "./FirstAccount";
import { FirstChannel } from "./FirstChannel";
import { FirstInbox } from "./FirstInbox";
import { WelcomeFrame } from "./WelcomeFrame";

export default function Setup({ start = 1 }: { start?: 1 | 2 | 3 }) {
  const navigate = useNavigate();
  const [step, setStep] = useState<1 | 2 | 3>(start);
  const [inbox, setInbox] = useState<Inbox | null>(null);
  const [isConnecting, setConnecting] = useState(false);
  const foot =
    step === 3 ? (
      <Button
        look="ghost"
        icon={<ArrowLeft />}
        className="backlink"
        onClick={() => (isConnecting ? setConnecting(false) : setStep(2))}
      >
        {t("common.back")}
      </Button>
    ) : undefined;
  return (
    <WelcomeFrame step={step} foot={foot}>
      {step === 1 ? <FirstAccount onDone={() => setStep(2)} /> : null}
      {step === 2 ? (
        <FirstInbox
          onDone={(made) => {
            setInbox(made);
            setStep(3);
          }}
        />
      ) : null}
      {step === 3 ? (
        <Suspense fallback={<Skeleton rows={3} shape="line" />}>
          <FirstChannel
            inbox={inbox}
            isConnecting={isConnecting}
            onConnecting={setConnecting}
            onDone={() => void navigate({ to: "/" })}
          />
        </Suspense>
      ) : null}
    </WelcomeFrame>
  );
}
