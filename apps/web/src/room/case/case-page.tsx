/** A case: what is known, what models said of it and on what they looked, and the report that a person writes and signs. */
import "./case.css";
import { type CasePage as CaseFacts, readCase } from "@nacre/api";
import type { ReactNode } from "react";
import { useLocation, useParams } from "wouter";
import { casePath, slidePath } from "../address.ts";
import { useCall } from "../client/use-call.ts";
import { count } from "../shell/count.ts";
import { runTitles } from "../shell/run-titles.ts";
import { useMay, useSession } from "../shell/session.tsx";
import { Badge, Button, Failure, failureIn, Notice, Skeleton, useKeys } from "../ui/index.ts";
import { useCaseChange } from "../worklist/use-worklist.ts";
import { STATE, TRIAGE } from "../worklist/words.ts";
import { Events, Facts } from "./events.tsx";
import { Evidence } from "./evidence.tsx";
import { Prediction } from "./prediction.tsx";
import { Report } from "./report.tsx";
import { SlideStrip } from "./slide-strip.tsx";
import { useListNeighbours } from "./use-list-neighbours.ts";

export function CasePage(): ReactNode {
  const { case: key = "" } = useParams<{ case: string }>();
  const page = useCall(readCase, { params: { case: key } });
  if (page.data !== undefined) return <Case facts={page.data} key={key} />;
  return (
    <div className="page">
      {page.error === null ? (
        <Skeleton lines={8} label="Loading the case" />
      ) : (
        <Failure failure={failureIn(page.error)} title="The case cannot be shown" retry={() => void page.refetch()} />
      )}
    </div>
  );
}

function Case({ facts }: { readonly facts: CaseFacts }): ReactNode {
  const { person } = useSession();
  const mayRead = useMay("reader");
  const [, go] = useLocation();
  const change = useCaseChange();
  const around = useListNeighbours(facts.key);
  const assign = (to: string | null): void => {
    if (mayRead) change.mutate({ params: { case: facts.key }, body: { assignee: to } });
  };
  const titles = runTitles(facts.predictions.map(({ run, study }) => ({ key: run, name: study })));
  const firstSlide = facts.slideRows.find((slide) => slide.state !== "failed");
  useKeys("Case", [
    {
      keys: ["v"],
      says: "open the first slide",
      do: () => firstSlide && go(slidePath(firstSlide.key, undefined, facts.prediction?.run)),
    },
    { keys: ["a"], says: "assign to me", do: () => assign(person.name) },
    { keys: ["n"], says: "next case of the worklist", do: () => around.next && go(casePath(around.next)) },
    { keys: ["p"], says: "case before", do: () => around.before && go(casePath(around.before)) },
    { keys: ["Escape"], says: "back to the worklist", do: () => go("/") },
  ]);
  return (
    <div className="case">
      <header className="case-head">
        <div>
          <div className="row">
            <h1>{facts.name}</h1>
            <Badge tone={TRIAGE[facts.triage].tone} title={TRIAGE[facts.triage].says}>
              {TRIAGE[facts.triage].title}
            </Badge>
            <Badge tone={STATE[facts.state].tone} title={STATE[facts.state].says}>
              {STATE[facts.state].title}
            </Badge>
            {facts.slideRows.some((slide) => slide.synthetic) ? <Badge tone="warn">Synthetic</Badge> : null}
          </div>
          <p className="soft">{describe(facts)}</p>
          <p>{facts.why}</p>
        </div>
        <div className="row">
          <span className="soft">
            {facts.assignee === null ? "Assigned to nobody" : `Assigned to ${facts.assignee}`}
          </span>
          {!mayRead ? null : facts.assignee === person.name ? (
            <Button isBusy={change.isPending} onClick={() => assign(null)}>
              Give it back
            </Button>
          ) : (
            <Button isBusy={change.isPending} onClick={() => assign(person.name)}>
              Assign to me
            </Button>
          )}
        </div>
      </header>
      {change.error === null ? null : <Failure failure={failureIn(change.error)} title="Not changed" />}
      <div className="case-columns">
        <div className="stack">
          <SlideStrip slides={facts.slideRows} run={facts.prediction?.run} />
          <section className="card stack" aria-labelledby="answers">
            <h2 id="answers">What models answered</h2>
            {facts.predictions.length === 0 ? (
              <p className="soft">
                No run has answered this case. Start a study, or put a run folder beside the slides.
              </p>
            ) : (
              facts.predictions.map((prediction) => (
                <Prediction
                  key={prediction.run}
                  title={titles.get(prediction.run) ?? prediction.study}
                  prediction={prediction}
                  slides={facts.slideRows}
                />
              ))
            )}
          </section>
          <Evidence tiles={facts.evidence} slides={facts.slideRows} />
          <Events events={facts.events} />
          <Facts facts={facts.facts} />
        </div>
        <div className="case-report">
          {facts.failedSlides > 0 ? (
            <Notice tone="warn" title="Not everything could be read">
              {facts.failedSlides} of {facts.slides} slides failed: no model saw them.
            </Notice>
          ) : null}
          <Report facts={facts} />
        </div>
      </div>
    </div>
  );
}

function describe(facts: CaseFacts): string {
  const parts = [
    facts.patient === null || facts.patient === facts.name ? null : `patient ${facts.patient}`,
    facts.site === null ? null : `site ${facts.site}`,
    count(facts.slides, "slide"),
  ];
  return parts.filter((part) => part !== null).join(", ");
}
