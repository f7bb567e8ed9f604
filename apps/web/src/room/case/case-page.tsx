/** A case: what is known, what models said of it and on what they looked, and the report that a person writes and signs. */
import "./case.css";
import { type CasePage as CaseFacts, readCase } from "@nacre/api";
import type { ReactNode } from "react";
import { useLocation, useParams } from "wouter";
import { casePath, slidePath } from "../address.ts";
import { useCall } from "../client/use-call.ts";
import { NotRead } from "../shell/not-found.tsx";
import { runTitles } from "../shell/run-titles.ts";
import { useMay, useSession } from "../shell/session.tsx";
import { Failure, failureIn, Notice, Skeleton, useKeys } from "../ui/index.ts";
import { useCaseChange } from "../worklist/use-worklist.ts";
import { CaseHead } from "./case-head.tsx";
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
        <NotRead of="case" error={page.error} retry={() => void page.refetch()} />
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
      <CaseHead facts={facts} around={around} isBusy={change.isPending} onAssign={assign} />
      <p className="case-why">{facts.why}</p>
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
          <Evidence tiles={facts.evidence} slides={facts.slideRows} positive={facts.prediction?.positive ?? null} />
          <Events events={facts.events} />
          <Facts facts={facts.facts} revealed={facts.revealed} />
        </div>
        <div className="case-report">
          {facts.failedSlides > 0 ? (
            <Notice tone="warn" title="Not everything could be read">
              {facts.failedSlides} of {facts.slides} slides failed: no model saw them.
            </Notice>
          ) : null}
          <Report facts={facts} next={around.next} />
        </div>
      </div>
    </div>
  );
}
