/* The top of a set-up: what is connected, its steps, and whether what was typed is kept. */
import { Check, CloudCheck, CloudOff, X } from "lucide-react";
import { nameWithin } from "../../../api/channelWords";
import type { Channel } from "../../../api/types";
import { IconButton } from "../../../ui/Button";
import { type MessageId, t } from "../../../ui/i18n";
import { ChannelBadge } from "../ChannelBadge";
import type { Saving } from "./useDraftSaving";

export const STEPS = ["account", "details", "assignment", "tickets"] as const;
export type Step = (typeof STEPS)[number];
const NAMES: Record<Step, MessageId> = {
  account: "setup_step.account",
  details: "setup_step.details",
  assignment: "setup_step.assignment",
  tickets: "setup_step.tickets",
};

interface Props {
  channel: Channel;
  steps: readonly Step[];
  current: Step;
  isConnected: boolean;
  saving: Saving;
  onStep: (step: Step) => void;
  onClose: () => void;
}

export function Head({ channel, steps, current, isConnected, saving, onStep, onClose }: Props) {
  const nth = steps.indexOf(current);
  return (
    <header>
      <ChannelBadge channel={channel} size={32} />
      <h1 className="strong cut">{t("connect.title", { channel: nameWithin(channel) })}</h1>
      <ol aria-label={t("setup_step.steps")}>
        {steps.map((one, at) => (
          <li key={one} className={at < nth ? "done" : ""} aria-current={one === current ? "step" : undefined}>
            <button type="button" disabled={!isConnected && at > 0} onClick={() => onStep(one)}>
              <i>{at < nth ? <Check className="small" /> : at + 1}</i>
              <span>{t(NAMES[one])}</span>
            </button>
          </li>
        ))}
      </ol>
      <SavedMark saving={saving} />
      <IconButton label={t("common.close")} onClick={onClose}>
        <X />
      </IconButton>
    </header>
  );
}

function SavedMark({ saving }: { saving: Saving }) {
  if (saving === "idle") return null;
  const words: Record<Exclude<Saving, "idle">, MessageId> = {
    saving: "setup_step.saving",
    saved: "setup_step.saved",
    failed: "setup_step.not_saved",
  };
  return (
    <span className="row small-text muted" role="status">
      {saving === "failed" ? <CloudOff className="mid" /> : <CloudCheck className="mid" />}
      <span>{t(words[saving])}</span>
    </span>
  );
}
