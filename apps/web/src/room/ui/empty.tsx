/** Nothing here, and what to do about it. */
import type { ReactNode } from "react";

export function Empty({
  title,
  children,
  actions,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}): ReactNode {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
      {actions === undefined ? null : <div className="row">{actions}</div>}
    </div>
  );
}
