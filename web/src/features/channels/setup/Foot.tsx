/* The bottom of a set-up: a step back, what stands beside the form where only one of the two fits, what went wrong, and the way on. */
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, CornerDownLeft } from "lucide-react";
import { channelTestsQuery } from "../../../api/queries";
import type { ChannelAccount, SignIn } from "../../../api/types";
import { Button } from "../../../ui/Button";
import { t } from "../../../ui/i18n";
import { isRunning } from "../TestSteps";
import type { Step } from "./Head";

interface Props {
  account: ChannelAccount | null;
  step: Step;
  /** The steps beside this one; none at either end. */
  before: Step | undefined;
  after: Step | undefined;
  signIn: SignIn | undefined;
  /** There is something to send; not while somebody signs in elsewhere, nor where the step could not be read. */
  hasForm: boolean;
  isBusy: boolean;
  hasCheck: boolean;
  isLooking: boolean;
  /** What stands beside no field. */
  problem: string;
  onLook: () => void;
  onStep: (step: Step) => void;
  onLater: () => void;
  onTwice: () => void;
}

export function Foot(props: Props) {
  const { account, step, before, after, signIn, isBusy, problem } = props;
  // Read and looked at again by the steps beside it.
  const tests = useQuery({ ...channelTestsQuery(account?.id ?? ""), enabled: Boolean(account?.test_address) });
  const besideName =
    step !== "account" ? "setup_step.preview" : props.hasCheck ? "setup_step.check" : ("connect.guide" as const);
  return (
    <footer>
      {before ? (
        <Button icon={<ArrowLeft />} onClick={() => props.onStep(before)}>
          {t("setup_step.back")}
        </Button>
      ) : (
        <Button look="ghost" onClick={props.onLater}>
          {t("setup_step.later")}
        </Button>
      )}
      <Button look="ghost" className="besidebtn" aria-pressed={props.isLooking} onClick={props.onLook}>
        {t(besideName)}
      </Button>
      <span className="grow">
        {step === "account" && isRunning(tests.data?.[0]) ? (
          <span className="hint">{t("setup_step.go_on")}</span>
        ) : null}
        {problem ? (
          <span className="hint error" role="alert">
            {problem}
          </span>
        ) : null}
      </span>
      {account && !after && props.hasForm ? (
        <Button isBusy={isBusy} onClick={props.onTwice}>
          {t("setup_step.another")}
        </Button>
      ) : null}
      {!props.hasForm || signIn?.problem ? null : (
        <Button type="submit" form="setup" look="primary" isBusy={isBusy}>
          {signIn ? signIn.label : after ? t("setup_step.next") : t("connect.submit")}
          <EnterKey />
        </Button>
      )}
    </footer>
  );
}

/** The key that goes on, on the button that does. */
const EnterKey = () => (
  <span className="kbd" aria-hidden="true">
    <CornerDownLeft />
  </span>
);
