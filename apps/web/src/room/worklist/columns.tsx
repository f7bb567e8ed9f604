/** Columns of the worklist. */
import { type CaseRow, type RouteReply, type worklist, writeNumber } from "@nacre/api";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { casePath } from "../address.ts";
import { count } from "../shell/count.ts";
import { Badge, type Column, Interval } from "../ui/index.ts";
import { Thumbnail } from "./thumbnail.tsx";
import { headline, STATE, TRIAGE } from "./words.ts";

type Thresholds = RouteReply<typeof worklist>["thresholds"];

export interface ColumnOptions {
  /** Sites are told apart. */
  readonly hasSites: boolean;
  /** A telephone's width: what is needed to choose a case; the rest stands on its page. */
  readonly isNarrow: boolean;
}

export function worklistColumns(
  thresholds: Thresholds,
  { hasSites, isNarrow }: ColumnOptions,
): readonly Column<CaseRow>[] {
  const answerCell = (row: CaseRow): ReactNode => <AnswerCell row={row} thresholds={thresholds} />;
  if (isNarrow) return [COVER, { ...NAME, width: "minmax(0, 1fr)" }, ...narrowColumns(answerCell)];
  const columns: Column<CaseRow>[] = [
    COVER,
    NAME,
    { key: "triage", title: "Triage", width: "9.2rem", order: "need", cell: triageCell },
    { key: "value", title: "Model's answer", width: "minmax(14rem, 1.5fr)", order: "value", cell: answerCell },
    {
      key: "why",
      title: "Why it stands here",
      width: "minmax(13rem, 2.4fr)",
      cell: (row) => (
        <span className="why" title={row.why}>
          {shortWhy(row.why)}
        </span>
      ),
    },
    { key: "flags", title: "Flags", width: "minmax(5.5rem, 0.7fr)", cell: flagsCell },
    { key: "state", title: "State", width: "6rem", cell: stateCell },
    { key: "assignee", title: "Assigned to", width: "minmax(8rem, 0.8fr)", cell: assigneeCell },
  ];
  if (hasSites)
    columns.push({ key: "site", title: "Site", width: "minmax(5rem, 0.6fr)", cell: (row) => row.site ?? "–" });
  return columns;
}

const COVER: Column<CaseRow> = {
  key: "cover",
  title: <span className="hidden-text">Slide</span>,
  width: "4.2rem",
  cell: (row) => <Thumbnail slide={row.cover} />,
};
const NAME: Column<CaseRow> = {
  key: "name",
  title: "Case",
  width: "minmax(10rem, 1.6fr)",
  order: "name",
  cell: nameCell,
};

function narrowColumns(answerCell: (row: CaseRow) => ReactNode): readonly Column<CaseRow>[] {
  return [
    {
      key: "triage",
      title: "Triage, answer",
      width: "minmax(10.5rem, 1.2fr)",
      order: "need",
      cell: (row) => (
        <>
          {triageCell(row)} {row.flags.length === 0 ? null : flagsCell(row)}
          {answerCell(row)}
        </>
      ),
    },
    {
      key: "state",
      title: "State",
      width: "5.6rem",
      cell: (row) => (
        <>
          {stateCell(row)}
          <div className="small clip">{row.assignee}</div>
        </>
      ),
    },
  ];
}

/** Why without what it rests on, which stands once above the list; the whole is on the page of the case. */
export const shortWhy = (why: string): string => why.replace(/ \([^()]*\)(?=\.$)/, "");

function nameCell(row: CaseRow): ReactNode {
  const slides = count(row.slides, "slide");
  return (
    <>
      {/* The keyboard opens the chosen row: Tab does not stop at each. */}
      <Link href={casePath(row.key)} className="case-name" tabIndex={-1}>
        {row.name}
      </Link>
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

function assigneeCell({ assignee }: CaseRow): ReactNode {
  if (assignee === null) return <span className="faint">nobody</span>;
  return (
    <div className="clip" title={assignee}>
      {assignee}
    </div>
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
      <span className="answer">
        <span className="answer-name">{answer.name}</span> <strong>{writeNumber(answer.value)}</strong>
      </span>
    );
  const { interval } = row.prediction;
  return (
    <span className="answer">
      <span className="answer-name" title={answer.name}>
        {answer.name}
      </span>
      <Interval
        label={answer.name}
        value={answer.value}
        low={interval?.[0]}
        high={interval?.[1]}
        marks={thresholdMarks(thresholds)}
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
