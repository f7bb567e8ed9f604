/** A run: what it does now, what it found, what is wrong with it. It lives by the service's events while it runs. */
import "./study.css";
import type { RunPage as Run } from "@nacre/api";
import type { ReactNode } from "react";
import { useParams, useSearchParams } from "wouter";
import { NotRead } from "../shell/not-found.tsx";
import { Failure, Notice, Skeleton, TabPanel, Tabs, Wide } from "../ui/index.ts";
import { Audit } from "./audit.tsx";
import { Failures } from "./failures.tsx";
import { Log } from "./log.tsx";
import { LossesChart } from "./losses-chart.tsx";
import { RunFiles } from "./run-files.tsx";
import { RunHead } from "./run-head.tsx";
import { RunProgress } from "./run-progress.tsx";
import { Scorecard } from "./scorecard.tsx";
import { useRun } from "./use-run.ts";
import { isLive } from "./words.ts";
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
          <NotRead of="run" error={failure} retry={again} />
        )}
      </div>
    );
  const usual: Section = isLive(run.state) ? "fit" : run.scorecard ? "results" : "log";
  const chosen = SECTIONS.find((name) => name === params.get("section")) ?? usual;
  return (
    <div className="page stack run-page">
      <RunHead run={run} />
      {run.failure === null ? null : (
        <Failure failure={run.failure} title={run.state === "refused" ? "Refused" : "Why it ended"} />
      )}
      {run.state === "stopped" ? (
        <Notice>Stopped. What was finished is kept, and “Go on” takes the run up from there.</Notice>
      ) : null}
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
        {chosen === "fit" ? <LossesChart losses={run.losses} isLive={isLive(run.state)} /> : null}
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
      <Scorecard scorecard={run.scorecard} external={run.settings?.["split.external"] ?? null} />
      <RunFiles run={run} />
    </div>
  );
}
