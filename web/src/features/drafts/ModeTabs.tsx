import { Lock } from "lucide-react";
import type { KeyboardEvent } from "react";
import { type MessageId, t } from "../../ui/i18n";

export type Tab = "reply" | "reply_all" | "forward" | "comment";

const LABELS: Record<Tab, MessageId> = {
  reply: "composer.reply",
  reply_all: "composer.reply_all",
  forward: "composer.forward",
  comment: "composer.comment",
};

interface Props {
  tabs: readonly Tab[];
  current: Tab;
  /** `isPressed`: not gone to by an arrow key, so the writing goes on in the field. */
  onTab: (tab: Tab, isPressed?: boolean) => void;
}

export function ModeTabs({ tabs, current, onTab }: Props) {
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(current) + by + tabs.length) % tabs.length];
    if (next) onTab(next);
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".composetab[aria-selected=true]")?.focus());
  };
  return (
    <div role="tablist" aria-label={t("composer.modes")} className="composetabs" onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab}
          type="button"
          role="tab"
          aria-selected={tab === current}
          tabIndex={tab === current ? 0 : -1}
          className="composetab"
          onClick={() => onTab(tab, true)}
        >
          {tab === "comment" ? <Lock className="small" /> : null}
          {t(LABELS[tab])}
        </button>
      ))}
    </div>
  );
}
