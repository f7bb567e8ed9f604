/** What a run is, in which state, and what may be done with it. */
import { type RunPage, readReport, resumeRun, stopRun } from "@nacre/api";
import type { ReactNode } from "react";
import { boardPath, mapPath } from "../address.ts";
import { addressOf } from "../client/call.ts";
import { useChange } from "../client/use-call.ts";
import { writeMoment } from "../shell/moment.ts";
import { useMay } from "../shell/session.tsx";
import { Badge, Button, ButtonLink, ButtonOut, Failure, failureIn } from "../ui/index.ts";
import { isLive, STATE } from "./words.ts";

export function RunHead({ run }: { readonly run: RunPage }): ReactNode {
  const mayChange = useMay("researcher");
  const stop = useChange(stopRun, { refreshes: ["readRun", "listRuns"] });
  const resume = useChange(resumeRun, { refreshes: ["readRun", "listRuns"] });
  const { title, tone } = STATE[run.state];
  const params = { run: run.key };
  const wrong = stop.error ?? resume.error;
  return (
    <>
      <div className="row spread">
        <div>
          <div className="row">
            <h1>{run.name}</h1>
            <Badge tone={tone}>{title}</Badge>
            {run.synthetic ? <Badge tone="warn">SYNTHETIC</Badge> : null}
          </div>
          <p className="soft">
            {[run.task, run.encoder, run.aggregator].filter((word) => word !== null).join(" · ")}
            {run.started === null ? "" : ` · started ${writeMoment(run.started)}`}
            {run.finished === null ? "" : ` · ended ${writeMoment(run.finished)}`}
            {run.by === null ? "" : ` · by ${run.by}`}
          </p>
        </div>
        <div className="row">
          {mayChange && isLive(run.state) ? (
            <Button kind="danger" isBusy={stop.isPending} onClick={() => stop.mutate({ params })}>
              Stop
            </Button>
          ) : null}
          {mayChange && (run.state === "stopped" || run.state === "failed") ? (
            <Button kind="primary" isBusy={resume.isPending} onClick={() => resume.mutate({ params })}>
              {run.state === "failed" ? "Try again" : "Go on"}
            </Button>
          ) : null}
          {mayChange && !isLive(run.state) ? (
            <ButtonLink to={`/runs?from=${run.key}`}>New study from this…</ButtonLink>
          ) : null}
          {run.hasReport ? (
            <ButtonOut href={addressOf(readReport, { params })} target="_blank" rel="noreferrer">
              Full report
            </ButtonOut>
          ) : null}
          {run.slides.ready > 0 ? (
            <>
              <ButtonLink to={`/?run=${run.key}`}>Cases</ButtonLink>
              <ButtonLink to={mapPath(run.key)}>Map</ButtonLink>
              <ButtonLink to={boardPath(run.project)}>Board</ButtonLink>
            </>
          ) : null}
        </div>
      </div>
      {wrong === null ? null : <Failure failure={failureIn(wrong)} title="Not done" />}
    </>
  );
}
