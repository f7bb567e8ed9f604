/**
 * Several questions of the same bag (Caruana 1997): the scores of the tasks side by side, each with the loss of its kind times its share,
 * weight / sum of weights. A label that is not known counts nothing. A row of targets holds for each task its own row, then 1 where the
 * label is known. Answers are called `<task>.<answer>`.
 */
import { fail, type MultitaskTask, type NamedTask, type Outcome, ok, raise, type SingleTask } from "@nacre/core";
import { add, mul, reshape, slice, type Tensor } from "@nacre/graph";
import type { Head, HeadFacts, HeadKind, Label, LossOptions, SingleLabel } from "./head.ts";

/** How the heads of single questions are found. */
export interface SingleHeads {
  survey(task: SingleTask, train: readonly Label[]): Outcome<HeadFacts>;
  /** With the loss asked for where the kind has it, else with cross-entropy. */
  make(task: SingleTask, facts: HeadFacts, loss: LossOptions): Head;
}

export function multitaskHead(heads: SingleHeads): HeadKind<MultitaskTask> {
  return {
    losses: ["focal", "asymmetric", "huber"],
    survey: (task, train) => surveyAll(heads, task, train),
    make: (task, facts, loss) => joined(task, partsOf(heads, { task, facts, loss }), facts),
  };
}

/** One task: its head, its share of the loss, and where its scores and targets begin. */
interface Part {
  readonly name: string;
  readonly head: Head;
  readonly share: number;
  readonly score: number;
  /** Its own row of targets; the flag stands behind it. */
  readonly target: number;
}

function surveyAll(heads: SingleHeads, multi: MultitaskTask, train: readonly Label[]): Outcome<HeadFacts> {
  sharesOf(multi);
  const rows = train.map((label) => labelsOf(label, multi));
  const tasks: HeadFacts[] = [];
  for (const [i, { name, task }] of multi.tasks.entries()) {
    const known = rows.map((row) => row[i] ?? null).filter((label) => label !== null);
    const facts = known.length === 0 ? noneOf(name, train.length) : heads.survey(task, known);
    if (!facts.ok)
      return { ok: false, failure: { ...facts.failure, expected: `${facts.failure.expected}, for the task ${name}` } };
    tasks.push(facts.value);
  }
  return ok({ tasks });
}

function noneOf(name: string, n: number) {
  return fail("too-few", {
    expected: "at least one bag with a label in the train part",
    received: `none among ${n}`,
    remedy: `use fewer folds, or leave ${name} out of the tasks`,
  });
}

interface Making {
  readonly task: MultitaskTask;
  readonly facts: HeadFacts;
  readonly loss: LossOptions;
}

function partsOf(heads: SingleHeads, { task: multi, facts, loss }: Making): Part[] {
  const all = facts.tasks as readonly HeadFacts[];
  const shares = sharesOf(multi);
  let [score, target] = [0, 0];
  return multi.tasks.map(({ name, task }, i) => {
    const head = heads.make(task, all[i] as HeadFacts, loss);
    const part = { name, head, share: shares[i] as number, score, target };
    score += head.k;
    target += head.t + 1;
    return part;
  });
}

function joined(multi: MultitaskTask, parts: readonly Part[], facts: HeadFacts): Head {
  const k = parts.reduce((sum, { head }) => sum + head.k, 0);
  const t = parts.reduce((sum, { head }) => sum + head.t + 1, 0);
  const own = parts.filter(({ head }) => head.loss !== null);
  const coupled = parts.filter(({ head }) => head.slopes !== undefined);
  const sizes = { k, t };
  return {
    k,
    t,
    groups: parts.map(({ head }) => head.k),
    forms: parts.flatMap(({ head }) => head.forms ?? new Array<"both">(head.k).fill("both")),
    encode: (label, row) => encodeAll(parts, labelsOf(label, multi), row),
    loss: own.length === 0 ? null : (scores, target) => own.map((part) => ownLoss(part, scores, target)).reduce(add),
    judge: (scores, targets, m) => judgeAll(parts, { scores, targets, m, ...sizes }),
    ...(coupled.length === 0
      ? {}
      : { slopes: (scores, targets, m) => slopesOf(coupled, { scores, targets, m, ...sizes }) }),
    ...(parts.some(({ head }) => head.centred !== undefined) && {
      centred: (means) => centredFacts(parts, facts, means),
    }),
    classes: null,
    answers: (scores) =>
      Object.fromEntries(
        parts.flatMap(({ name, head, score }) =>
          Object.entries(head.answers(cut(scores, score, head.k))).map(([answer, value]) => [
            `${name}.${answer}`,
            value,
          ]),
        ),
      ),
  };
}

/** Each task with a zero of its own where its kind has one. */
function centredFacts(parts: readonly Part[], facts: HeadFacts, means: readonly number[]): HeadFacts {
  const all = facts.tasks as readonly HeadFacts[];
  const own = ({ head, score }: Part): HeadFacts | undefined => head.centred?.(means.slice(score, score + head.k));
  return { ...facts, tasks: parts.map((part, i) => own(part) ?? (all[i] as HeadFacts)) };
}

function encodeAll(parts: readonly Part[], labels: readonly (SingleLabel | null)[], row: Float32Array): void {
  row.fill(0);
  for (const [i, { head, target }] of parts.entries()) {
    const label = labels[i] ?? null;
    if (label === null) continue;
    head.encode(label, row.subarray(target, target + head.t));
    row[target + head.t] = 1;
  }
}

/** An unknown label has a target of zeros, at which every loss is finite. */
function ownLoss({ head, share, score, target }: Part, scores: Tensor, targets: Tensor): Tensor {
  const loss = head.loss?.(cut(scores, score, head.k), cut(targets, target, head.t)) as Tensor; // only asked of parts that have one
  return mul(mul(loss, share), reshape(cut(targets, target + head.t, 1), []));
}

function cut(x: Tensor, start: number, length: number): Tensor {
  return slice(x, { axis: 1, start, end: start + length });
}

/** Scores [m, k] and targets [m, t] of bags, row-major. */
interface Rows {
  readonly scores: Float64Array;
  readonly targets: Float64Array;
  readonly m: number;
  readonly k: number;
  readonly t: number;
}

/** Those of one task, and of the bags alone whose label is known. */
function knownRows({ head, score, target }: Part, { scores, targets, m, k, t }: Rows) {
  const bags = Array.from({ length: m }, (_, i) => i).filter((i) => targets[i * t + target + head.t] === 1);
  const cutAll = (from: Float64Array, width: number, start: number, length: number): Float64Array =>
    Float64Array.from(bags.flatMap((i) => Array.from(from.subarray(i * width + start, i * width + start + length))));
  return { bags, scores: cutAll(scores, k, score, head.k), targets: cutAll(targets, t, target, head.t) };
}

/** Each task over the bags whose label is known, times its share; a task that no bag has a label of is left out. */
function judgeAll(parts: readonly Part[], rows: Rows): number {
  let [total, judged] = [0, 0];
  for (const part of parts) {
    const { bags, scores, targets } = knownRows(part, rows);
    if (bags.length === 0) continue;
    total += part.share * part.head.judge(scores, targets, bags.length);
    judged += 1;
  }
  if (judged > 0) return total;
  return raise("unlabelled", {
    expected: "a known label in the tune part, which decides when the fit stops",
    received: `none among ${rows.m} bags`,
    remedy: "use a larger tune share, or fit without a tune part",
  });
}

/** The losses that compare bags, each among the bags that know its label and counted for all m, as losses of single bags are. */
function slopesOf(coupled: readonly Part[], rows: Rows): { loss: number; slopes: Float64Array } {
  const slopes = new Float64Array(rows.m * rows.k);
  let loss = 0;
  for (const part of coupled) {
    const { bags, scores, targets } = knownRows(part, rows);
    const found = bags.length === 0 ? undefined : part.head.slopes?.(scores, targets, bags.length);
    if (found === undefined) continue;
    const share = (part.share * bags.length) / rows.m;
    loss += share * found.loss;
    for (const [at, bag] of bags.entries()) {
      for (let c = 0; c < part.head.k; c++) {
        slopes[bag * rows.k + part.score + c] = share * (found.slopes[at * part.head.k + c] as number);
      }
    }
  }
  return { loss, slopes };
}

/** @throws RangeError for weights that are no shares, or names that would run into each other */
function sharesOf({ tasks }: MultitaskTask): number[] {
  const total = tasks.reduce((sum, { weight }) => sum + weight, 0);
  if (!(total > 0 && Number.isFinite(total)) || tasks.some(({ weight }) => !(weight >= 0))) {
    throw new RangeError(
      `expected weights from 0 that sum to more, received ${tasks.map(({ weight }) => weight).join(", ")}`,
    );
  }
  const repeated = tasks.find(({ name }: NamedTask, i) => tasks.findIndex((other) => other.name === name) !== i);
  if (repeated !== undefined)
    throw new RangeError(`expected a name of its own for each task, received ${repeated.name} twice`);
  return tasks.map(({ weight }) => weight / total);
}

/** @throws RangeError for labels of another number */
function labelsOf(label: Label, { tasks }: MultitaskTask): readonly (SingleLabel | null)[] {
  if (Array.isArray(label) && label.length === tasks.length) return label as readonly (SingleLabel | null)[];
  throw new RangeError(
    `expected a label, or null, for each of ${tasks.map(({ name }) => name).join(", ")}, received ${JSON.stringify(label)}`,
  );
}
