/** What a reader must know before trusting the picture. */
import type { SlideFacts } from "@nacre/api";
import type { ReactNode } from "react";
import { Badge } from "../../ui/index.ts";

export interface NoticesProps {
  readonly facts: SlideFacts;
  /** Why the slide lies outside of the model's experience; null: it does not, or nobody knows. */
  readonly outside: string | null;
}

export function Notices({ facts, outside }: NoticesProps): ReactNode {
  const { quality, mpp, synthetic, warnings, failure } = facts;
  return (
    <div className="viewer-notices">
      <Badge tone="info">Research use only</Badge>
      {synthetic ? (
        <Badge tone="warn" title="Drawn by a program; no patient">
          Synthetic
        </Badge>
      ) : null}
      {quality !== null && quality.length > 0 ? <Badge tone="bad">Quality failed: {quality.join(", ")}</Badge> : null}
      {failure === null ? null : (
        <Badge tone="bad" title={`expected ${failure.expected}, received ${failure.received}. ${failure.remedy}`}>
          Not used by the run: {failure.kind.replaceAll("-", " ")}
        </Badge>
      )}
      {mpp === null ? (
        <Badge tone="warn" title="The file holds no pixel size: lengths and areas are told in pixels">
          Scale unknown
        </Badge>
      ) : null}
      {outside === null ? null : (
        <Badge tone="warn" title={outside}>
          Outside the model's experience
        </Badge>
      )}
      {warnings.map((warning) => (
        <Badge key={warning} tone="warn" title={warning}>
          {warning.length > 60 ? `${warning.slice(0, 58)}…` : warning}
        </Badge>
      ))}
    </div>
  );
}
