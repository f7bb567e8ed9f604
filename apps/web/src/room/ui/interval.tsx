/** A value on its axis with its interval and the thresholds that decide. Frame: `range` is the axis. Says in words what it draws. */
import { writeProbability, writeThreshold } from "@nacre/api";
import type { ReactNode } from "react";

export interface IntervalProps {
  readonly value: number | null;
  readonly low?: number | null | undefined;
  readonly high?: number | null | undefined;
  readonly range?: readonly [number, number];
  /** Thresholds drawn as dashed lines, with what they are. */
  readonly marks?: readonly { readonly at: number; readonly title: string }[];
  readonly write?: (value: number) => string;
  /** What is measured. */
  readonly label: string;
  readonly hasNumber?: boolean;
}

export function Interval({
  value,
  low = null,
  high = null,
  range = [0, 1],
  marks = [],
  write = writeProbability,
  label,
  hasNumber = true,
}: IntervalProps): ReactNode {
  if (value === null) return <span className="faint">–</span>;
  const width = 100;
  const place = (v: number): number =>
    Math.min(width, Math.max(0, ((v - range[0]) / (range[1] - range[0] || 1)) * width));
  const spoken =
    low === null || high === null
      ? `${label} ${write(value)}, no interval`
      : `${label} ${write(value)}, interval ${write(low)} to ${write(high)}`;
  return (
    <span className="interval" title={[spoken, ...marks.map((m) => `${m.title} ${writeThreshold(m.at)}`)].join("; ")}>
      <svg viewBox={`-3 0 ${width + 6} 16`} preserveAspectRatio="none" role="img" aria-label={spoken}>
        <line className="axis" x1="0" x2={width} y1="8" y2="8" strokeWidth="1" vectorEffect="non-scaling-stroke" />
        {marks.map((mark) => (
          <line
            key={mark.title}
            className="mark"
            x1={place(mark.at)}
            x2={place(mark.at)}
            y1="0"
            y2="16"
            strokeWidth="1"
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {low === null || high === null ? null : (
          <line
            className="reach"
            x1={place(low)}
            x2={place(high)}
            y1="8"
            y2="8"
            strokeWidth="5"
            vectorEffect="non-scaling-stroke"
          />
        )}
        <rect className="point" x={place(value) - 1.5} y="2.5" width="3" height="11" rx="1" />
      </svg>
      {hasNumber ? <span className="number">{write(value)}</span> : null}
    </span>
  );
}
