/** A filter that is on or off, with the number of what it would leave. */
import type { ReactNode } from "react";

export interface ChipProps {
  readonly isOn: boolean;
  readonly onToggle: () => void;
  readonly count?: number | undefined;
  readonly children: ReactNode;
}

export function Chip({ isOn, onToggle, count, children }: ChipProps): ReactNode {
  return (
    <button type="button" className="chip" aria-pressed={isOn} onClick={onToggle}>
      {children}
      {count === undefined ? null : <span className="count">{count.toLocaleString("en-GB")}</span>}
    </button>
  );
}
