/** A remark in the page: something to know, before or after what it is about. */
import type { ReactNode } from "react";
import type { Tone } from "./badge.tsx";

export interface NoticeProps {
  readonly tone?: Tone;
  readonly title?: string;
  readonly children?: ReactNode;
  /** Told aloud when it appears. */
  readonly isLive?: boolean;
}

export function Notice({ tone = "info", title, children, isLive = false }: NoticeProps): ReactNode {
  return (
    <div className={`notice ${tone}`} role={isLive ? "status" : undefined}>
      {title === undefined ? null : <h3>{title}</h3>}
      {children}
    </div>
  );
}
