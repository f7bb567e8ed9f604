/** What is known of every kind of answer: of a judged table, and of a run whose report says what runs of classes say. Names are hostile. */
import { unwrap } from "@nacre/core";
import { type AnswerScorecard, judgeAnswers } from "../../src/judge/judge-answers.ts";
import type { AnswerCard, AnswerTask, Known } from "../../src/paper/known.ts";
import { parseTable } from "../../src/study/parse-table.ts";
import { labelTable, numberTable, riskTable } from "../report/answers/made-answers.ts";
import { runKnown } from "./known-fixture.ts";

/** What LaTeX, Markdown and HTML would take for something else, with letters of several alphabets and an emoji. */
export const STRANGE = "a_b & 5% #1 $x$ {y} \\input{z} β Ł 中 🙂 | <b>";

function judged(text: string, file: string): AnswerScorecard {
  const options = { bootstrap: 60, seed: 1, subgroups: null, horizons: [] };
  return unwrap(judgeAnswers(unwrap(parseTable(text, file)), options));
}

/** Risks whose table foretells no survival, as those of a run. */
function bareRisks(n: number): string {
  const lines = riskTable(n).trim().split("\n");
  return `${lines.map((line) => line.split(",").slice(0, 6).join(",")).join("\n")}\n`;
}

const CARDS = {
  risks: judged(riskTable(240), "risks.csv"),
  numbers: judged(numberTable(90, 0.001), "numbers.csv"),
  labels: judged(labelTable(120), "labels.csv"),
};

const TASKS: Readonly<Record<keyof typeof CARDS, AnswerTask>> = {
  risks: { kind: "survive", time: `days ${STRANGE}`, event: `death ${STRANGE}`, intervals: null },
  numbers: { kind: "regress", label: `score ${STRANGE}` },
  labels: { kind: "multilabel", labels: ["a", "b"] },
};

/** The scorecard as a run would hold it: the task itself and a mean pool, no table. */
function ofRun(kind: keyof typeof CARDS, card: AnswerCard = CARDS[kind]): AnswerCard {
  const { internal, external } = card;
  const pool = (part: typeof internal | null) => part?.measures[part.headline] ?? null;
  const baselines = { meanPool: { internal: pool(internal), external: pool(external) } };
  return { task: TASKS[kind], internal, external, baselines };
}

/** A table of each kind, a run of each kind, and a run of several tasks. */
export function everyKind(): Record<string, Known> {
  const { report, facts, card } = runKnown();
  const { baselines } = card;
  const gene = { task: card.task, internal: card.internal, external: card.external, ...(baselines && { baselines }) };
  const tables = Object.entries(CARDS).map(([name, table]): [string, Known] => [
    `${name} of a table`,
    { title: name, card: table, report: null, facts: null },
  ]);
  const runs = (Object.keys(CARDS) as (keyof typeof CARDS)[]).map((name): [string, Known] => [
    `${name} of a run`,
    { title: `study ${STRANGE}`, card: ofRun(name), report, facts },
  ]);
  const tasks = {
    gene,
    [`fate ${STRANGE}`]: ofRun("risks", judged(bareRisks(90), "bare.csv")),
    score: ofRun("numbers"),
    stain: ofRun("labels"),
  };
  const several: Known = { title: "several", card: { task: { kind: "multitask" }, tasks }, report, facts };
  return Object.fromEntries([...tables, ...runs, ["several tasks of a run", several]]);
}
