/** A key as it stands on the keyboard. */
import type { ReactNode } from "react";

const SHOWN: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  " ": "Space",
};

/** One key, or several one after another ("g w"). */
export function KeyHint({ keys }: { readonly keys: string }): ReactNode {
  const parts = keys === " " ? [" "] : keys.split(" ");
  return (
    <>
      {parts.map((part) => (
        <kbd className="key" key={part}>
          {SHOWN[part] ?? part}
        </kbd>
      ))}
    </>
  );
}
