/** How much of a whole: a thin bar. The number stands beside it in words; the bar is told as a progress bar. */
import type { ReactNode } from "react";
import type { Tone } from "./badge.tsx";

export interface MeterProps {
  readonly value: number;
  /** What is full; 1 unless told. */
  readonly of?: number;
  readonly label: string;
  readonly tone?: Tone;
}

export function Meter({ value, of = 1, label, tone = "neutral" }: MeterProps): ReactNode {
  const share = of > 0 ? Math.min(1, Math.max(0, value / of)) : 0;
  return (
    <svg
      className="meter"
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <rect className="track" width="100" height="8" rx="2" />
      <rect className={`fill ${tone}`} width={share * 100} height="8" rx="2" />
    </svg>
  );
}
