/** Who the case is, who has it, and the way to the next one. It stays in view: what is written below it is about this case. */
import type { CasePage } from "@nacre/api";
import type { ReactNode } from "react";
import { casePath } from "../address.ts";
import { count } from "../shell/count.ts";
import { useMay, useSession } from "../shell/session.tsx";
import { Badge, Button, ButtonLink } from "../ui/index.ts";
import { STATE, TRIAGE } from "../worklist/words.ts";
import type { ListNeighbours } from "./use-list-neighbours.ts";

export interface CaseHeadProps {
  readonly facts: CasePage;
  readonly around: ListNeighbours;
  readonly isBusy: boolean;
  readonly onAssign: (to: string | null) => void;
}

export function CaseHead({ facts, around, isBusy, onAssign }: CaseHeadProps): ReactNode {
  const { person } = useSession();
  const mayRead = useMay("reader");
  const isMine = facts.assignee === person.name;
  return (
    <header className="case-head">
      <div className="row">
        <h1>{facts.name}</h1>
        <span className="soft">{describe(facts)}</span>
        <Badge tone={TRIAGE[facts.triage].tone} title={TRIAGE[facts.triage].says}>
          {TRIAGE[facts.triage].title}
        </Badge>
        <Badge tone={STATE[facts.state].tone} title={STATE[facts.state].says}>
          {STATE[facts.state].title}
        </Badge>
        {facts.slideRows.some((slide) => slide.synthetic) ? <Badge tone="warn">Synthetic</Badge> : null}
      </div>
      <div className="row">
        <span className="soft">{facts.assignee === null ? "Assigned to nobody" : `Assigned to ${facts.assignee}`}</span>
        {mayRead ? (
          <Button isBusy={isBusy} onClick={() => onAssign(isMine ? null : person.name)}>
            {isMine ? "Give it back" : "Assign to me"}
          </Button>
        ) : null}
        <nav className="row" aria-label="Cases of the worklist">
          {around.before === undefined ? null : <ButtonLink to={casePath(around.before)}>Case before</ButtonLink>}
          {around.place === undefined ? null : (
            <span className="soft small">
              {around.place.at} of {around.place.of}
            </span>
          )}
          {around.next === undefined ? null : <ButtonLink to={casePath(around.next)}>Next case</ButtonLink>}
        </nav>
      </div>
    </header>
  );
}

/** Whose case it is, in a line: the patient where he is called otherwise than the case. */
export function describe(facts: Pick<CasePage, "name" | "patient" | "site" | "slides">): string {
  const parts = [
    facts.patient === null || facts.patient === facts.name ? null : `patient ${facts.patient}`,
    facts.site,
    count(facts.slides, "slide"),
  ];
  return parts.filter((part) => part !== null).join(", ");
}
