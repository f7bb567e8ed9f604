/** A run: what it does now, what it found, what is wrong with it. It lives by the service's events while it runs. */
import "./study.css";
import { type RunPage as Run, readReport, resumeRun, stopRun } from "@nacre/api";
import type { ReactNode } from "react";
import { useParams, useSearchParams } from "wouter";
import { boardPath, mapPath } from "../address.ts";
import { addressOf } from "../client/call.ts";
import { useChange } from "../client/use-call.ts";
import { writeMoment } from "../shell/moment.ts";
import { useMay } from "../shell/session.tsx";
import {
  Badge,
  Button,
  ButtonLink,
  ButtonOut,
  Failure,
  failureIn,
  Notice,
  Skeleton,
  TabPanel,
  Tabs,
  Wide,
} from "../ui/index.ts";
import { Audit } from "./audit.tsx";
import { Failures } from "./failures.tsx";
import { Log } from "./log.tsx";
import { LossesChart } from "./losses-chart.tsx";
import { RunProgress } from "./run-progress.tsx";
import { Scorecard } from "./scorecard.tsx";
import { useRun } from "./use-run.ts";
import { isLive, STATE } from "./words.ts";
import { Workers } from "./workers.tsx";

const SECTIONS = ["results", "audit", "failures", "fit", "log", "workers", "study"] as const;
type Section = (typeof SECTIONS)[number];

export function RunPage(): ReactNode {
  const { run: key = "" } = useParams<{ run: string }>();
  const { run, failure, again, events } = useRun(key);
  const [params, setParams] = useSearchParams();
  if (run === undefined)
    return (
      <div className="page">
        {failure === null ? (
          <Skeleton lines={8} label="Loading the run" />
        ) : (
          <Failure failure={failureIn(failure)} title="The run cannot be shown" retry={again} />
        )}
      </div>
    );
  const usual: Section = isLive(run.state) ? "fit" : run.scorecard ? "results" : "log";
  const chosen = SECTIONS.find((name) => name === params.get("section")) ?? usual;
  return (
    <div className="page stack run-page">
      <Head run={run} />
      {run.failure === null ? null : (
        <Failure failure={run.failure} title={run.state === "refused" ? "Refused" : "Why it ended"} />
      )}
      {isLive(run.state) ? <RunProgress run={run} events={events} /> : null}
      <Tabs
        label="Parts of the run"
        tabs={SECTIONS.map((name) => ({ key: name, title: titleOf(name, run) }))}
        chosen={chosen}
        onChoose={(section) => setParams({ section }, { replace: true })}
      />
      <TabPanel of={chosen}>
        {chosen === "results" ? <Results run={run} /> : null}
        {chosen === "audit" ? <Audit audit={run.audit} project={run.project} /> : null}
        {chosen === "failures" ? <Failures run={run} /> : null}
        {chosen === "fit" ? <LossesChart losses={run.losses} /> : null}
        {chosen === "log" ? <Log log={run.log} /> : null}
        {chosen === "workers" ? <Workers run={run.key} /> : null}
        {chosen === "study" ? (
          <Wide label="The study as it was run" className="card">
            <pre className="study-text">{run.study}</pre>
          </Wide>
        ) : null}
      </TabPanel>
    </div>
  );
}

function titleOf(section: Section, run: Run): string {
  const titles = { results: "Results", audit: "Audit", fit: "Fit", log: "Log", workers: "Workers", study: "Study" };
  return section === "failures" ? `Failed slides (${run.failures.length})` : titles[section];
}

function Head({ run }: { readonly run: Run }): ReactNode {
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
              Go on
            </Button>
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

function Results({ run }: { readonly run: Run }): ReactNode {
  if (!run.scorecard)
    return (
      <Notice>
        No result yet: numbers come when every fold has been fitted and judged on patients that it has not seen.
      </Notice>
    );
  return (
    <div className="stack">
      {run.summary === null ? null : (
        <details className="card">
          <summary>Summary in words</summary>
          <pre className="summary">{run.summary}</pre>
        </details>
      )}
      <Scorecard scorecard={run.scorecard} />
    </div>
  );
}
