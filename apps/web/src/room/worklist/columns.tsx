/** Columns of the worklist. */
import type { CaseRow, RouteReply, worklist } from "@nacre/api";
import type { ReactNode } from "react";
import { count } from "../shell/count.ts";
import { Badge, type Column, Interval, writeShare } from "../ui/index.ts";
import { Thumbnail } from "./thumbnail.tsx";
import { headline, STATE, TRIAGE } from "./words.ts";

type Thresholds = RouteReply<typeof worklist>["thresholds"];

export function worklistColumns(thresholds: Thresholds, hasSeveralSites: boolean): readonly Column<CaseRow>[] {
  const columns: Column<CaseRow>[] = [
    {
      key: "cover",
      title: <span className="hidden-text">Slide</span>,
      width: "4.2rem",
      cell: (row) => <Thumbnail slide={row.cover} />,
    },
    { key: "name", title: "Case", width: "minmax(10.5rem, 1.8fr)", order: "name", cell: nameCell },
    { key: "triage", title: "Triage", width: "9.2rem", order: "need", cell: triageCell },
    {
      key: "value",
      title: "Model's answer",
      width: "minmax(12rem, 1.2fr)",
      order: "value",
      cell: (row) => <AnswerCell row={row} thresholds={thresholds} />,
    },
    {
      key: "why",
      title: "Why it stands here",
      width: "minmax(14rem, 2.6fr)",
      cell: (row) => (
        <span className="why" title={row.why}>
          {shortWhy(row.why)}
        </span>
      ),
    },
    { key: "flags", title: "Flags", width: "minmax(5.5rem, 0.7fr)", cell: flagsCell },
    { key: "state", title: "State", width: "6rem", cell: stateCell },
    {
      key: "assignee",
      title: "Assigned to",
      width: "minmax(7rem, 0.8fr)",
      cell: (row) => row.assignee ?? <span className="faint">nobody</span>,
    },
  ];
  if (hasSeveralSites)
    columns.push({ key: "site", title: "Site", width: "minmax(5rem, 0.6fr)", cell: (row) => row.site ?? "–" });
  return columns;
}

/** Why without what it rests on, which stands once above the list; the whole is on the page of the case. */
export const shortWhy = (why: string): string => why.replace(/ \([^()]*\)(?=\.$)/, "");

function nameCell(row: CaseRow): ReactNode {
  const slides = count(row.slides, "slide");
  return (
    <>
      <div className="case-name">{row.name}</div>
      <div className="small faint">
        {row.patient === null || row.patient === row.name ? slides : `${row.patient}, ${slides}`}
      </div>
    </>
  );
}

function triageCell(row: CaseRow): ReactNode {
  const word = TRIAGE[row.triage];
  return (
    <Badge tone={word.tone} title={word.says}>
      {word.title}
    </Badge>
  );
}

function stateCell(row: CaseRow): ReactNode {
  const word = STATE[row.state];
  return (
    <Badge tone={word.tone} title={word.says}>
      {word.title}
    </Badge>
  );
}

function flagsCell(row: CaseRow): ReactNode {
  if (row.flags.length === 0) return <span className="faint">–</span>;
  return (
    <span className="flags">
      {row.flags.map((flag) => (
        <Badge key={flag} tone={flag === "failed" ? "bad" : "warn"}>
          {flag === "failed" ? `${row.failedSlides} failed` : flag}
        </Badge>
      ))}
    </span>
  );
}

function AnswerCell({ row, thresholds }: { readonly row: CaseRow; readonly thresholds: Thresholds }): ReactNode {
  if (row.prediction === null) return <span className="faint">–</span>;
  const answer = headline(row.prediction);
  if (answer === null) return <span className="faint">no answer</span>;
  if (answer.unit !== "probability")
    return (
      <span>
        {answer.name} <strong>{answer.value.toPrecision(3)}</strong>
      </span>
    );
  const { interval } = row.prediction;
  return (
    <span className="answer">
      <span className="answer-name">{answer.name}</span>
      <Interval
        label={answer.name}
        value={answer.value}
        low={interval?.[0]}
        high={interval?.[1]}
        marks={thresholdMarks(thresholds)}
        write={writeShare}
      />
    </span>
  );
}

function thresholdMarks(thresholds: Thresholds): { at: number; title: string }[] {
  const marks = [
    { at: thresholds?.ruleOut ?? null, title: "rule-out below" },
    { at: thresholds?.ruleIn ?? null, title: "rule-in from" },
  ];
  return marks.flatMap(({ at, title }) => (at === null ? [] : [{ at, title }]));
}
