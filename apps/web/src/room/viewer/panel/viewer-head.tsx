/** Which slide is looked at, what must be known of it, and the way to the others of its case. */
import type { SlideFacts } from "@nacre/api";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { casePath } from "../../address.ts";
import { Button } from "../../ui/index.ts";
import type { CaseSlides } from "../use-case-slides.ts";
import { type Companions, MOST_COMPANIONS } from "../use-companions.ts";
import { Notices } from "./notices.tsx";

export interface ViewerHeadProps {
  readonly facts: SlideFacts;
  readonly outside: string | null;
  readonly around: CaseSlides;
  readonly companions: Companions;
  readonly go: (by: 1 | -1) => void;
}

export function ViewerHead({ facts, outside, around, companions, go }: ViewerHeadProps): ReactNode {
  const others = around.rows.filter(({ key }) => key !== facts.key && !companions.keys.includes(key));
  return (
    <header className="viewer-head">
      <h1>{facts.name}</h1>
      {facts.case === null ? null : <Link href={casePath(facts.case)}>Case {around.name ?? ""}</Link>}
      {around.rows.length > 1 ? (
        <span className="viewer-steps">
          <Button kind="quiet" disabled={around.before === null} onClick={() => go(-1)} aria-label="Slide before">
            ‹
          </Button>
          <span className="small soft">
            {around.rows.findIndex(({ key }) => key === facts.key) + 1} of {around.rows.length}
          </span>
          <Button kind="quiet" disabled={around.next === null} onClick={() => go(1)} aria-label="Next slide">
            ›
          </Button>
        </span>
      ) : null}
      {others.length > 0 && companions.keys.length < MOST_COMPANIONS ? (
        <select
          className="input"
          aria-label="Show a slide beside"
          value=""
          onChange={(event) => companions.add(event.target.value)}
        >
          <option value="">Beside…</option>
          {others.map((row) => (
            <option key={row.key} value={row.key}>
              {row.name}
              {row.stain === null ? "" : `, ${row.stain}`}
            </option>
          ))}
        </select>
      ) : null}
      <Notices facts={facts} outside={outside} />
    </header>
  );
}
