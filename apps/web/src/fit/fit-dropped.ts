/** Fits a small ABMIL on what was dropped: patients whole, a part of them kept to choose the epoch, both judged as the referee judges. */
import { type ClassifyTask, type CohortRow, fail, type Outcome, ok, unwrap } from "@nacre/core";
import { cohortOfTable, splitCohort } from "@nacre/evaluation";
import { openSessionWith } from "@nacre/graph/web";
import { type BagSource, type FittedModel, fit, type Labelled, predict } from "@nacre/models";
import { judgeTable } from "@nacre/pipeline/referee";
import { bagId, type Dropped } from "./look.ts";
import type { FitChoice, FitReply, Fitted, Parts } from "./message.ts";

/** Share of the patients of each class that chooses the epoch. */
const TUNE_SHARE = 0.3;
const OPTIONS = { lr: 1e-3, patience: 10 };
const MODEL = { name: "abmil", hidden: 64, attention: 32 };
const REPLICATES = 1000;

interface Placed {
  readonly task: ClassifyTask;
  readonly train: readonly CohortRow[];
  readonly tune: readonly CohortRow[];
}

/** Failures: those of the cohort, the split and the fit. */
export async function fitDropped(
  { table, bags }: Dropped,
  choice: FitChoice,
  tell: (reply: FitReply) => void,
): Promise<Outcome<Fitted>> {
  const placed = place(table, bags, choice);
  if (!placed.ok) return placed;
  const { task, train, tune } = placed.value;
  tell(partsOf(placed.value));
  tell({ kind: "stage", stage: "loading the runtime" });
  const openSession = openSessionWith({ wasm: choice.wasm, provider: choice.provider, threads: threadsOf() });
  const started = performance.now();
  const { epochs, seed } = choice;
  const fitted = await fit({
    task,
    aggregator: MODEL,
    options: { ...OPTIONS, epochs, seed },
    bags,
    train: labelled(train, task),
    tune: labelled(tune, task),
    openSession,
    onEpoch: (epoch) => tell({ kind: "epoch", epoch }),
  });
  if (!fitted.ok) return fitted;
  const seconds = (performance.now() - started) / 1000;
  tell({ kind: "stage", stage: "answering for every slide" });
  const session = await openSession(fitted.value.onnx);
  const rows: string[][] = [];
  let tiles = 0;
  for (const [part, members] of Object.entries({ train, tune })) {
    for (const row of members) {
      const bag = unwrap(await bags.load(bagId(row.path)));
      if (part === "train") tiles += bag.n;
      const { probabilities } = unwrap(await predict(session, bag, { name: row.slide }));
      rows.push([row.slide, row.patient, part, row.label ?? "", ...probabilities.map(String)]);
    }
  }
  await session.close();
  return finish(fitted.value, { task, rows, seconds, tilesPerSecond: (tiles * fitted.value.history.length) / seconds });
}

/** One fold without a test part: what splitCohort would test on is what chooses the epoch. */
function place(table: Dropped["table"], bags: BagSource, { column, positive, seed }: FitChoice): Outcome<Placed> {
  const cohort = cohortOfTable(table, { label: column });
  if (!cohort.ok) return cohort;
  if (cohort.value.task === null) throw new RangeError(`expected a column that can be the label, received ${column}`);
  const task = { ...cohort.value.task, positive };
  const ids = new Set(bags.ids);
  const rows = cohort.value.rows.filter(({ path, label }) => ids.has(bagId(path)) && label !== null);
  const present = new Set(rows.map(({ label }) => label));
  if (present.size < 2) return oneClass(column, [...present], task.classes);
  const classes = task.classes.filter((name) => present.has(name));
  const [first, second, ...rest] = classes as [string, string, ...string[]]; // two at least, by the line above
  const found = { ...task, classes: [first, second, ...rest] as const };
  if (!present.has(positive)) return oneClass(column, [...present], task.classes);
  const split = splitCohort(rows, { task: found, by: "patient", folds: 1, testShare: TUNE_SHARE, tune: 0, seed });
  if (!split.ok) return split;
  const [fold] = split.value.split.folds;
  const of = (slides: readonly string[] = []): CohortRow[] => rows.filter(({ slide }) => slides.includes(slide));
  return ok({ task: found, train: of(fold?.train), tune: of(fold?.test) });
}

function labelled(rows: readonly CohortRow[], { classes }: ClassifyTask): Labelled[] {
  return rows.map(({ path, label }) => ({ id: bagId(path), label: classes.indexOf(label ?? "") }));
}

function partsOf({ task, train, tune }: Placed): Parts {
  const count = (rows: readonly CohortRow[]): number[] =>
    task.classes.map((name) => rows.filter(({ label }) => label === name).length);
  return { kind: "parts", classes: task.classes, train: count(train), tune: count(tune) };
}

interface Answered {
  readonly task: ClassifyTask;
  readonly rows: readonly string[][];
  readonly seconds: number;
  readonly tilesPerSecond: number;
}

function finish(model: FittedModel, { task, rows, seconds, tilesPerSecond }: Answered): Outcome<Fitted> {
  const header = ["slide", "patient", "part", "label", ...task.classes.map((name) => `p_${name}`)];
  const judged = judgeTable(
    {
      file: "predictions.csv",
      header: header.filter((name) => name !== "part"),
      rows: rows.filter(([, , part]) => part === "tune").map((row) => row.filter((_, i) => i !== 2)),
    },
    { positive: task.positive, bootstrap: REPLICATES, seed: 7, subgroups: [] },
  );
  if (!judged.ok) return judged;
  const { auroc, n } = judged.value.scorecard.internal;
  return ok({
    kind: "fitted",
    onnx: Uint8Array.from(model.onnx),
    predictions: [header, ...rows].map((row) => `${row.map(quoted).join(",")}\n`).join(""),
    positive: task.positive,
    auroc: { value: auroc.value, low: auroc.low, high: auroc.high },
    patients: n,
    bestEpoch: model.bestEpoch,
    epochs: model.history.length,
    parameters: model.parameters,
    seconds,
    tilesPerSecond,
  });
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Half of the processors, where memory may be shared between threads. */
function threadsOf(): number {
  return globalThis.crossOriginIsolated ? Math.max(1, Math.min(4, Math.floor(navigator.hardwareConcurrency / 2))) : 1;
}

function oneClass(column: string, present: readonly (string | null)[], classes: readonly string[]): Outcome<never> {
  return fail("one-class", {
    expected: `feature files of two classes of ${column} at least (${classes.join(", ")}), the positive one among them`,
    received: present.length === 0 ? "none with a label" : `only ${present.join(", ")}`,
    remedy: "add feature files of the other class, or choose another column or positive class",
  });
}
