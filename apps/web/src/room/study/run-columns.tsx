/** Columns of the list of runs. */
import type { RunRow } from "@nacre/api";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { runPath } from "../address.ts";
import { writeMoment } from "../shell/moment.ts";
import { Badge, type Column, Interval, Meter, writeMeasure } from "../ui/index.ts";
import { measureTitle, numberText, STATE, timeLeft } from "./words.ts";

/** @param titles what each run is called beside the others, by key */
export function runColumns(
  titles: ReadonlyMap<string, string>,
  compared: readonly string[],
  toggle: (key: string) => void,
): Column<RunRow>[] {
  return [
    {
      key: "compare",
      title: <span title="Tick runs to see them side by side">Compare</span>,
      width: "6.4rem",
      cell: (row) => (
        <input
          type="checkbox"
          className="tick"
          aria-label={`Compare ${titles.get(row.key) ?? row.name}`}
          checked={compared.includes(row.key)}
          onChange={() => toggle(row.key)}
        />
      ),
    },
    { key: "name", title: "Run", width: "minmax(12rem, 2fr)", cell: nameCell },
    { key: "state", title: "State", width: "minmax(11rem, 1.2fr)", cell: stateCell },
    { key: "slides", title: "Slides", width: "minmax(7rem, 0.7fr)", cell: slidesCell },
    { key: "internal", title: "Internal", width: "minmax(12rem, 1.6fr)", cell: (row) => headline(row, "internal") },
    { key: "external", title: "External", width: "minmax(12rem, 1.6fr)", cell: (row) => headline(row, "external") },
    { key: "started", title: "Started", width: "minmax(8rem, 0.9fr)", cell: startedCell },
  ];
}

function nameCell(row: RunRow): ReactNode {
  const how = [row.task, row.encoder, row.aggregator].filter((word) => word !== null).join(" · ");
  return (
    <>
      <Link href={runPath(row.key)} className="run-name">
        {row.name}
      </Link>{" "}
      {row.synthetic ? <Badge tone="warn">SYNTHETIC</Badge> : null}
      <div className="small soft clip">{how}</div>
    </>
  );
}

function stateCell({ state, progress, failure }: RunRow): ReactNode {
  const { title, tone } = STATE[state];
  if (progress !== null && state === "running")
    return (
      <div className="run-progress">
        <div className="small">
          {progress.title} {progress.done.toLocaleString("en-GB")}/{progress.total.toLocaleString("en-GB")}
          {progress.secondsLeft === null ? "" : `, ${timeLeft(progress.secondsLeft)} left`}
        </div>
        <Meter value={progress.done} of={progress.total} label={progress.title} />
      </div>
    );
  return (
    <>
      <Badge tone={tone}>{title}</Badge>
      {failure === null ? null : (
        <div className="small soft clip" title={`${failure.received}. ${failure.remedy}`}>
          {failure.received}
        </div>
      )}
    </>
  );
}

function slidesCell({ slides: { ready, failed, waiting } }: RunRow): ReactNode {
  return (
    <>
      {ready.toLocaleString("en-GB")} ready
      <div className="small soft">
        {[failed > 0 ? `${failed} failed` : "", waiting > 0 ? `${waiting} waiting` : ""].filter(Boolean).join(", ")}
      </div>
    </>
  );
}

function headline(row: RunRow, part: "internal" | "external"): ReactNode {
  const number = row.numbers.find((one) => one.part === part);
  if (number === undefined) return <span className="faint">–</span>;
  const title = measureTitle(number.name);
  return (
    <div title={`${title}: ${numberText(number)}`}>
      <Interval
        value={number.value}
        low={number.low}
        high={number.high}
        label={`${title}, ${part}`}
        write={writeMeasure}
      />
      <div className="small soft">
        {title}
        {number.n === null ? "" : `, n = ${number.n.toLocaleString("en-GB")}`}
      </div>
    </div>
  );
}

function startedCell({ started, by }: RunRow): ReactNode {
  return (
    <>
      {started === null ? <span className="faint">not known</span> : writeMoment(started)}
      <div className="small soft clip">{by ?? ""}</div>
    </>
  );
}
