/** Tabs (WAI-ARIA pattern, chosen by arrow keys). The page shows the chosen one's panel with `id` `panel-<key>`. */
import { type KeyboardEvent, type ReactNode, useRef } from "react";

export interface Tab<K extends string> {
  readonly key: K;
  readonly title: ReactNode;
}

export interface TabsProps<K extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<K>[];
  readonly chosen: K;
  readonly onChoose: (key: K) => void;
}

export function Tabs<K extends string>({ label, tabs, chosen, onChoose }: TabsProps<K>): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  const step = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = (tabs.findIndex((tab) => tab.key === chosen) + by + tabs.length) % tabs.length;
    const next = tabs[at];
    if (next) onChoose(next.key);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[at]?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={step}>
      {tabs.map(({ key, title }) => (
        <button
          key={key}
          type="button"
          role="tab"
          className="tab"
          id={`tab-${key}`}
          aria-selected={key === chosen}
          aria-controls={key === chosen ? `panel-${key}` : undefined}
          tabIndex={key === chosen ? 0 : -1}
          onClick={() => onChoose(key)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

/** What a tab shows. */
export function TabPanel({ of, children }: { readonly of: string; readonly children: ReactNode }): ReactNode {
  return (
    <div role="tabpanel" id={`panel-${of}`} aria-labelledby={`tab-${of}`}>
      {children}
    </div>
  );
}
