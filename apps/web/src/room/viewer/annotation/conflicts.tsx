/** Annotations that somebody else changed meanwhile: mine or theirs, a person decides. */
import type { ReactNode } from "react";
import { Button, Notice } from "../../ui/index.ts";
import type { Drawn } from "./history.ts";
import type { Conflict } from "./ledger.ts";
import { measure } from "./measure.ts";

export interface ConflictsProps {
  readonly conflicts: readonly Conflict[];
  readonly mpp: number | null;
  readonly onResolve: (id: string, whose: "mine" | "theirs") => void;
}

export function Conflicts({ conflicts, mpp, onResolve }: ConflictsProps): ReactNode {
  const say = (drawn: Drawn | null): string =>
    drawn === null
      ? "removed"
      : [drawn.name ?? "no class", measure(drawn.geometry, mpp), drawn.note].filter((word) => word !== "").join(", ");
  return conflicts.map(({ id, mine, theirs }) => (
    <Notice key={id} tone="warn" title="Changed by two people" isLive>
      <dl>
        <dt>Mine</dt>
        <dd>{say(mine)}</dd>
        <dt>Theirs</dt>
        <dd>
          {say(theirs)}
          {theirs === null ? "" : ` (${theirs.author})`}
        </dd>
      </dl>
      <p className="row">
        <Button onClick={() => onResolve(id, "mine")}>Keep mine</Button>
        <Button onClick={() => onResolve(id, "theirs")}>Keep theirs</Button>
      </p>
    </Notice>
  ));
}
