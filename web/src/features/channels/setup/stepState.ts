/* How a step of a set-up stands that is a file of its own (who gets it, tickets). Read next: Wizard.tsx. */
import { useEffect } from "react";
import { type Tried, useTold } from "../../../ui/told";

/** On its way; there, with a form that a button can send; or not to be had, which stands in its place with a way to try again (ui/Loading.tsx). */
export type StepState = "coming" | "ready" | "failed";

/** Tells the frame. What failed stays so until it is there: whoever tries again sees that in its place. */
export function useStepState(query: Tried & { data: unknown }, tell: (state: StepState) => void): void {
  const isReady = query.data !== undefined;
  const isFailed = Boolean(useTold(query)) && !isReady;
  useEffect(() => {
    if (isReady) tell("ready");
    else if (isFailed) tell("failed");
  }, [isReady, isFailed, tell]);
  useEffect(() => () => tell("coming"), [tell]);
}
