/** Stands where something is being fetched. */
import type { ReactNode } from "react";

export function Skeleton({
  lines = 3,
  label = "Loading",
}: {
  readonly lines?: number;
  readonly label?: string;
}): ReactNode {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines without content have no other name
        <span key={i} style={{ width: `${92 - ((i * 17) % 40)}%` }} />
      ))}
    </div>
  );
}
