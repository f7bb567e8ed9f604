/** Slides that failed, each with its reason; they can be tried again. */
import { type RunPage, resumeRun, retryUnits } from "@nacre/api";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { slidePath } from "../address.ts";
import { useChange } from "../client/use-call.ts";
import { count } from "../shell/count.ts";
import { useMay } from "../shell/session.tsx";
import { Button, Failure, failureIn, Notice, Wide } from "../ui/index.ts";
import { isLive } from "./words.ts";

export function Failures({ run }: { readonly run: RunPage }): ReactNode {
  const mayChange = useMay("researcher");
  const resume = useChange(resumeRun, { refreshes: ["readRun", "listRuns"] });
  const retry = useChange(retryUnits, { refreshes: ["readRun", "readJobs"] });
  const again = (): void => {
    if (isLive(run.state)) retry.mutate({ body: { run: run.key, units: [] } });
    else resume.mutate({ params: { run: run.key } });
  };
  const wrong = resume.error ?? retry.error;
  if (run.failures.length === 0) return <Notice tone="good">No slide has failed.</Notice>;
  return (
    <div className="stack">
      <div className="row">
        <span>
          {count(run.failures.length, "slide")} could not be used. The numbers of the run are of the others: whoever
          reads them must know these.
        </span>
        {mayChange ? (
          <Button onClick={again} isBusy={resume.isPending || retry.isPending}>
            Try them again
          </Button>
        ) : null}
      </div>
      {wrong === null ? null : <Failure failure={failureIn(wrong)} title="Not tried again" />}
      {retry.data === undefined ? null : (
        <Notice tone="good">{count(retry.data.retried, "slide")} put back into the queue.</Notice>
      )}
      <Wide label="Failed slides" className="card">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">Slide</th>
              <th scope="col">Failure</th>
              <th scope="col">Expected</th>
              <th scope="col">Received</th>
              <th scope="col">What to do</th>
            </tr>
          </thead>
          <tbody>
            {run.failures.map(({ slide, name, failure }) => (
              <tr key={name}>
                <th scope="row">{slide === null ? name : <Link href={slidePath(slide)}>{name}</Link>}</th>
                <td>{failure.kind.replaceAll("-", " ")}</td>
                <td>{failure.expected}</td>
                <td>{failure.received}</td>
                <td>{failure.remedy}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </div>
  );
}
