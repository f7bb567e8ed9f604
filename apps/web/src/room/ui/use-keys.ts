/**
 * Keys of the page. Each component names its own while it stands; `?` lists all that stand. Letters typed into a field are letters,
 * and while a dialog is open only the groups inside it hear.
 */
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";

export interface KeyRow {
  /** Names as KeyboardEvent.key gives them, or two after one another: "g w". */
  readonly keys: readonly string[];
  readonly says: string;
  /** Told which of the keys it was. */
  readonly do: (key: string) => void;
}

export interface KeyGroup {
  readonly title: string;
  readonly rows: readonly KeyRow[];
}

let groups: readonly KeyGroup[] = [];
const ears = new Set<() => void>();
let first: { key: string; at: number } | null = null;

const tell = (next: readonly KeyGroup[]): void => {
  groups = next;
  for (const ear of ears) ear();
};

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
}

/** Enter and Space belong to whatever button or link has the focus. */
function belongsToControl(event: KeyboardEvent): boolean {
  return (event.key === "Enter" || event.key === " ") && event.target instanceof Element
    ? event.target.closest("button, a, summary, [role=tab]") !== null
    : false;
}

function hear(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || belongsToControl(event) || document.querySelector("dialog[open]") !== null) return;
  const pair = first !== null && event.timeStamp - first.at < 1200 ? `${first.key} ${event.key}` : null;
  first = { key: event.key, at: event.timeStamp };
  const rows = groups.toReversed().flatMap((group) => group.rows);
  const row = rows.find((r) => pair !== null && r.keys.includes(pair)) ?? rows.find((r) => r.keys.includes(event.key));
  if (row === undefined) return;
  first = null;
  event.preventDefault();
  row.do(event.key);
}

/** Keys that hold while the component stands; the latest group wins where two name the same key. */
export function useKeys(title: string, rows: readonly KeyRow[]): void {
  const run = useEffectEvent((at: number, key: string) => rows[at]?.do(key));
  const shape = JSON.stringify(rows.map(({ keys, says }) => ({ keys, says })));
  useEffect(() => {
    const named = JSON.parse(shape) as { keys: string[]; says: string }[];
    const group: KeyGroup = { title, rows: named.map((row, at) => ({ ...row, do: (key) => run(at, key) })) };
    if (groups.length === 0) document.addEventListener("keydown", hear);
    tell([...groups, group]);
    return () => {
      tell(groups.filter((other) => other !== group));
      if (groups.length === 0) document.removeEventListener("keydown", hear);
    };
  }, [title, shape]);
}

/** All keys that hold now. */
export function useKeyGroups(): readonly KeyGroup[] {
  return useSyncExternalStore(
    (ear) => {
      ears.add(ear);
      return () => void ears.delete(ear);
    },
    () => groups,
  );
}
