/** Runs side by side: the same rows for each, so that what differs stands beside what it differs from. */
import type { RunRow } from "@nacre/api";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { boardPath, runPath } from "../address.ts";
import { runTitles } from "../shell/run-titles.ts";
import { Badge, Button, Notice, Wide } from "../ui/index.ts";
import { SettingsCompared } from "./settings-compared.tsx";
import { type Headline, measureTitle, numberText, STATE } from "./words.ts";

/** Measures that any of the runs has, in the order in which they are met; internal before external. */
export function comparedMeasures(runs: readonly Pick<RunRow, "numbers">[]): Pick<Headline, "name" | "part">[] {
  const found = new Map<string, Pick<Headline, "name" | "part">>();
  for (const part of ["internal", "external"] as const)
    for (const { numbers } of runs)
      for (const { name, part: own } of numbers) if (own === part) found.set(`${part} ${name}`, { name, part });
  return [...found.values()];
}

export function Compare({
  runs,
  onClear,
}: {
  readonly runs: readonly RunRow[];
  readonly onClear: () => void;
}): ReactNode {
  const titles = runTitles(runs);
  const projects = new Set(runs.map(({ project }) => project));
  const facts: readonly (readonly [string, (run: RunRow) => ReactNode])[] = [
    ["State", (run) => <Badge tone={STATE[run.state].tone}>{STATE[run.state].title}</Badge>],
    [
      "Task, encoder, aggregator",
      (run) => [run.task, run.encoder ?? "features", run.aggregator].filter((word) => word !== null).join(" · "),
    ],
    ["Slides ready, failed", (run) => `${run.slides.ready}, ${run.slides.failed}`],
  ];
  return (
    <section className="card stack" aria-labelledby="compare">
      <div className="row spread">
        <h2 id="compare">Side by side</h2>
        <Button kind="quiet" onClick={onClear}>
          Clear
        </Button>
      </div>
      <Wide label="Runs side by side">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">&nbsp;</th>
              {runs.map((run) => (
                <th key={run.key} scope="col">
                  <Link href={runPath(run.key)}>{titles.get(run.key)}</Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {facts.map(([title, fact]) => (
              <tr key={title}>
                <th scope="row">{title}</th>
                {runs.map((run) => (
                  <td key={run.key}>{fact(run)}</td>
                ))}
              </tr>
            ))}
            <SettingsCompared runs={runs} />
            {comparedMeasures(runs).map(({ name, part }) => (
              <tr key={`${part} ${name}`}>
                <th scope="row">
                  {measureTitle(name)}, {part}
                </th>
                {runs.map((run) => {
                  const own = run.numbers.find((one) => one.name === name && one.part === part);
                  return (
                    <td key={run.key}>{own === undefined ? <span className="faint">–</span> : numberText(own)}</td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {runs.length > 1 ? (
        <Notice>
          Intervals that overlap do not show that two runs are equal, and numbers of different patients cannot be
          compared.{" "}
          {projects.size === 1 ? (
            <>
              The <Link href={boardPath(runs[0]?.project ?? "")}>board</Link> compares runs on the patients they share.
            </>
          ) : (
            "These runs are of different folders."
          )}
        </Notice>
      ) : (
        <p className="soft">Tick another run to see it beside this one.</p>
      )}
    </section>
  );
}
