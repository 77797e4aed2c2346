/* Tabs of a page (the tabs pattern of the ARIA guide): one tab stop, arrows go from tab to tab and open each. Where the tab stands in the address, `onTab`
 * goes there. */
import { type KeyboardEvent, type ReactNode, useRef } from "react";

interface Tab {
  id: string;
  label: string;
  /** Behind its name. */
  mark?: ReactNode;
}

interface Props {
  label: string;
  /** Ties tabs and panels together; one page has it once. */
  name: string;
  tabs: readonly Tab[];
  current: string;
  onTab: (id: string) => void;
}

const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowRight: (at, count) => (at + 1) % count,
  ArrowLeft: (at, count) => (at + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export function Tabs({ label, name, tabs, current, onTab }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = STEPS[event.key]?.(
      tabs.findIndex((tab) => tab.id === current),
      tabs.length,
    );
    const next = at === undefined ? undefined : tabs[at];
    if (!next) return;
    event.preventDefault();
    onTab(next.id);
    list.current?.querySelector<HTMLElement>(`#${name}-${next.id}`)?.focus();
  };
  return (
    <div role="tablist" aria-label={label} className="tabs" ref={list} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`${name}-${tab.id}`}
          aria-selected={tab.id === current}
          aria-controls={`${name}-${tab.id}-panel`}
          tabIndex={tab.id === current ? 0 : -1}
          onClick={() => onTab(tab.id)}
        >
          {tab.label}
          {tab.mark}
        </button>
      ))}
    </div>
  );
}

/** What belongs to a tab. It stays when another one is chosen, so that nothing half written is lost. */
export function TabPanel({
  name,
  id,
  current,
  children,
}: {
  name: string;
  id: string;
  current: string;
  children: ReactNode;
}) {
  return (
    <div role="tabpanel" id={`${name}-${id}-panel`} aria-labelledby={`${name}-${id}`} hidden={id !== current}>
      {children}
    </div>
  );
}
