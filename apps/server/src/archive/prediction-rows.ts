/**
 * A run's answers, case by case. A case of several bags has the mean of their answers, as the referee joins a patient's. Answers on the
 * test or external part stand; those on the tune part only where there are no others. The interval is over the models of folds that
 * answered about the same patient: three at least, else there is none.
 */
import { writeAnswer } from "@nacre/api";
import { type Standing, standing } from "../case/standing.ts";
import type { Json, Tables } from "../store/tables.ts";
import type { CaseNames } from "./case-names.ts";
import { keyOf } from "./key-of.ts";
import type { Answer, BagAnswers } from "./read-answers.ts";
import type { FoundRun } from "./read-run.ts";
import type { SlideRecord } from "./records.ts";

type StoredAnswer = Tables["prediction"]["answer"] extends Json<infer T> ? T : never;

export interface PredictionRow extends Standing {
  readonly run: string;
  readonly case_key: string;
  readonly caseName: string;
  readonly patient: string | null;
  readonly answer: StoredAnswer;
}

interface Place {
  readonly project: string;
  readonly slides: readonly SlideRecord[];
  readonly names: CaseNames;
}

const RANK: Readonly<Record<BagAnswers["part"], number>> = { external: 0, test: 0, new: 0, tune: 1, train: 2 };

export function predictionRows(run: string, found: FoundRun, place: Place): PredictionRow[] {
  const cases = new Map<string, { name: string; patient: string | null; bags: BagAnswers[] }>();
  const keysOf = caseKeys(found, place);
  for (const bag of found.answers) {
    for (const { key, name } of keysOf(bag)) {
      const had = cases.get(key);
      if (had === undefined) cases.set(key, { name, patient: bag.patient, bags: [bag] });
      else had.bags.push(bag);
    }
  }
  return [...cases].map(([case_key, { name, patient, bags }]) => {
    const answer = joinBags(bags, found.judgement.positive);
    const said = standing({ answers: answer.answers, positive: null, fold: answer.fold }, found.judgement);
    return { run, case_key, caseName: name, patient, answer, ...said };
  });
}

/** Which cases a bag speaks of: its own; a patient's bag, of every case of the patient. */
function caseKeys(
  found: FoundRun,
  { project, slides, names }: Place,
): (bag: BagAnswers) => { key: string; name: string }[] {
  const ofPatient = new Map<string, Set<string>>();
  const nameOf = new Map<string, string>();
  for (const { case_key, patient, name } of slides) {
    nameOf.set(case_key, names.ofKey(project, case_key) ?? name);
    if (patient === null) continue;
    const had = ofPatient.get(patient);
    if (had === undefined) ofPatient.set(patient, new Set([case_key]));
    else had.add(case_key);
  }
  return (bag) => {
    const all = found.bag === "patient" && bag.patient !== null ? ofPatient.get(bag.patient) : undefined;
    if (all !== undefined) return [...all].map((key) => ({ key, name: nameOf.get(key) ?? bag.bag }));
    const name = names.of(bag, bag.bag);
    return [{ key: keyOf("case", project, name), name }];
  };
}

function joinBags(bags: readonly BagAnswers[], positive: string | null): StoredAnswer {
  const best = Math.min(...bags.map(({ part }) => RANK[part]));
  const standing = bags.filter(({ part }) => RANK[part] === best);
  const [first] = standing as [BagAnswers];
  const answers = meanOf(standing.map((bag) => bag.answers));
  const folds = new Set(standing.map(({ fold }) => fold));
  return {
    answers,
    text: answerText(answers, new Set(standing.map(({ bag }) => bag)).size),
    part: first.part,
    fold: folds.size === 1 ? first.fold : null,
    interval: intervalOf(bags, positive),
  };
}

/** Mean by place; nothing where a number is missing or no number at all: the case then counts as unanswered. */
function meanOf(all: readonly (readonly Answer[])[]): Answer[] {
  const [first = []] = all;
  const mean = first.map((answer, i) => ({
    ...answer,
    value: all.reduce((sum, answers) => sum + (answers[i]?.value ?? Number.NaN), 0) / all.length,
  }));
  return mean.every(({ value }) => Number.isFinite(value)) ? mean : [];
}

const MOST_NAMED = 3;

function answerText(answers: readonly Answer[], bags: number): string {
  if (answers.length === 0) return "no answer";
  const order = [...answers].sort((a, b) => b.value - a.value);
  const isOneOf = answers.every(({ unit }) => unit === "probability");
  const named = (isOneOf ? order.slice(0, MOST_NAMED) : answers).map(
    ({ name, value, unit }) => `${name} ${writeAnswer(value, unit)}`,
  );
  return `${named.join(", ")}${bags > 1 ? ` (mean of ${bags} slides)` : ""}`;
}

/** Two-sided 95 % points of Student's t by degrees of freedom 2 to 9; from 10 on the last is close enough on the safe side. */
const T = [4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** The mean of what three or more folds' models said of the positive class (else of the first answer), give or take; probabilities stay between 0 and 1. */
function intervalOf(bags: readonly BagAnswers[], positive: string | null): [number, number] | null {
  const byFold = new Map<number, number[]>();
  for (const { fold, answers } of bags) {
    const value = (answers.find(({ name }) => name === positive) ?? answers[0])?.value;
    if (fold === null || value === undefined || !Number.isFinite(value)) continue;
    byFold.set(fold, [...(byFold.get(fold) ?? []), value]);
  }
  if (byFold.size < 3) return null;
  const values = [...byFold.values()].map((own) => own.reduce((a, b) => a + b, 0) / own.length);
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1));
  const reach = ((T[Math.min(n - 3, T.length - 1)] as number) * sd) / Math.sqrt(n);
  const isProbability = bags[0]?.answers[0]?.unit === "probability";
  const clip = (v: number): number => (isProbability ? Math.min(1, Math.max(0, v)) : v);
  return [clip(mean - reach), clip(mean + reach)];
}
