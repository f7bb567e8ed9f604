/** One part of one task: the shared patients, every model's numbers on them, and the ranks. */
import { type ClassifyTask, randomStream } from "@nacre/core";
import { type RankGroups, rankGroups } from "../compare/rank-groups.ts";
import type { Estimate } from "../estimate.ts";
import { bootstrap } from "../interval/bootstrap.ts";
import { type Metric, measure } from "../metric/metric.ts";
import type { PatientPrediction, PredictionRow } from "../prediction.ts";
import { toPatients } from "../prediction.ts";
import { classCounts, type Sample } from "../sample.ts";
import type { BoardPart, BoardPartName, PartResult, Spread } from "./board-entry.ts";
import { commonPatients, type PartTable, sampleOfPatients } from "./common-patients.ts";
import { meanOverSeeds, modelSample } from "./model-sample.ts";
import { spreadOf } from "./spread.ts";

/** A table of one seed, ready to be judged. */
export interface SeedTable extends PartTable {
  /** The rows of the part, for the folds. */
  readonly rows: readonly PredictionRow[];
}

/** A model in this part: one table for each seed. */
export interface PartModel {
  readonly name: string;
  readonly isBarred: boolean;
  readonly seeds: readonly SeedTable[];
}

export interface PartOptions {
  readonly task: ClassifyTask;
  /** Name of the task, which keeps the chance of tasks apart. */
  readonly name: string;
  readonly part: BoardPartName;
  readonly metric: Metric;
  readonly beside: readonly Metric[];
  readonly replicates: number;
  readonly seed: number;
}

export interface JudgedPart {
  readonly part: BoardPart;
  /** By name of the model; a model without a number here has no result. */
  readonly results: ReadonlyMap<string, PartResult>;
}

/** Judges the models that have the part; null where none that may be compared has it. */
export function judgePart(models: readonly PartModel[], options: PartOptions): JudgedPart | null {
  const present = models.filter((m) => m.seeds.length > 0 && m.seeds.every((s) => labelled(s.patients) > 0));
  const eligible = present.filter((m) => !m.isBarred);
  if (present.length === 0) return null;
  const tables = (eligible.length > 0 ? eligible : present).flatMap((m) => m.seeds);
  const common = commonPatients(tables, options.task);
  const none = { n: 0, classes: {}, compared: 0, method: "nothing was compared", first: [], notes: [] };
  if (!common.ok) return { part: { ...none, refused: common.failure }, results: new Map() };
  const ids = common.value;
  const samples = new Map(present.map((m) => [m.name, m.seeds.map((s) => sampleOfPatients(s, ids, options.task))]));
  const ranking = rank(eligible, samples, options);
  const results = new Map<string, PartResult>();
  for (const model of present) {
    const seeds = samples.get(model.name) ?? [];
    if (seeds.some((s) => s.n === 0 || s.n !== seeds[0]?.n)) continue;
    results.set(model.name, { ...numbersOf(model, seeds, ids, options), ...placeOf(model.name, ranking) });
  }
  const reference = samples.get((eligible[0] ?? present[0])?.name ?? "")?.[0];
  const counts = reference === undefined ? [] : classCounts(reference);
  return {
    part: {
      n: ids.length,
      classes: Object.fromEntries(options.task.classes.map((c, i) => [c, counts[i] ?? 0])),
      compared: eligible.length,
      method: ranking.method,
      first: ranking.best,
      notes: notesOf(tables, ids.length),
      refused: null,
    },
    results,
  };
}

function rank(
  eligible: readonly PartModel[],
  samples: ReadonlyMap<string, readonly Sample[]>,
  { metric, name, part, replicates, seed }: PartOptions,
): RankGroups {
  const models = eligible.map((m) => ({ name: m.name, sample: modelSample(samples.get(m.name) ?? []) }));
  return rankGroups(models, meanOverSeeds(metric), {
    replicates,
    seed: randomStream(seed, "board", name, part).bits(),
    strata: models[0]?.sample.labels ?? null,
  });
}

type Place = Pick<PartResult, "rank" | "letters" | "tiedWith" | "behind">;

function placeOf(name: string, { models, pairs }: RankGroups): Place {
  const ranked = models.find((m) => m.name === name);
  if (ranked === undefined || ranked.rank === null) return { rank: null, letters: "", tiedWith: [], behind: null };
  const own = pairs.filter((p) => p.a === name || p.b === name);
  const best = models[0]?.name ?? name;
  const beside = own.find((p) => p.a === best && p.b === name);
  return {
    rank: ranked.rank,
    letters: ranked.letters,
    tiedWith: own.filter((p) => p.better === null).map((p) => (p.a === name ? p.b : p.a)),
    behind: beside === undefined ? null : { best, difference: negated(beside.difference), p: beside.adjusted },
  };
}

function negated(e: Estimate): Estimate {
  const minus = (v: number | null): number | null => (v === null ? null : 0 - v);
  return { ...e, value: minus(e.value), low: minus(e.high), high: minus(e.low) };
}

function numbersOf(
  model: PartModel,
  samples: readonly Sample[],
  ids: readonly string[],
  { metric, beside, task, name, part, replicates, seed }: PartOptions,
): Omit<PartResult, keyof Place> {
  const chance = { replicates, seed: randomStream(seed, "board", name, part).bits() };
  const metrics = [metric, ...beside];
  const [only] = samples;
  const estimates =
    samples.length === 1 && only !== undefined
      ? bootstrap(only, metrics, chance)
      : bootstrap(modelSample(samples), metrics.map(meanOverSeeds), { ...chance, strata: only?.labels ?? null }).map(
          (e) => ({
            ...e,
            method: `${e.method}; mean over ${samples.length} seeds, the interval is over patients alone`,
          }),
        );
  const [estimate, ...others] = estimates;
  if (estimate === undefined) throw new RangeError("expected one estimate a metric, received none");
  return {
    patients: Math.max(...model.seeds.map((s) => labelled(s.patients))),
    estimate,
    beside: Object.fromEntries(beside.map((m, i) => [m.name, others[i] as (typeof estimates)[number]])),
    seeds: spreadOf(
      model.seeds.map((s, i) => ({ name: s.entry, n: samples[i]?.n ?? 0, value: measureOf(metric, samples[i]) })),
    ),
    folds: foldSpread(model, ids, { metric, task }),
  };
}

/** Spread over folds, each the mean over seeds; null where the folds of the seeds hold different patients. */
function foldSpread(
  model: PartModel,
  ids: readonly string[],
  { metric, task }: Pick<PartOptions, "metric" | "task">,
): Spread | null {
  const bySeed = model.seeds.map((s) => foldsOf(s, ids, task));
  const [first] = bySeed;
  if (first === undefined) return null;
  const same = bySeed.every((folds) => folds.length === first.length && folds.every((f, i) => f.key === first[i]?.key));
  if (!same) return null;
  return spreadOf(
    first.map((fold, i) => {
      const values = bySeed.map((folds) => measureOf(metric, folds[i]?.sample));
      const defined = values.filter((v) => v !== null);
      const value = defined.length < values.length ? null : defined.reduce((a, b) => a + b, 0) / defined.length;
      return { name: `fold ${fold.fold}`, n: fold.sample.n, value };
    }),
  );
}

function foldsOf(
  table: SeedTable,
  ids: readonly string[],
  task: ClassifyTask,
): { fold: number; key: string; sample: Sample }[] {
  const numbers = [...new Set(table.rows.map((r) => r.fold).filter((f) => f !== null))].sort((a, b) => a - b);
  return numbers.flatMap((fold) => {
    const patients = toPatients(
      table.rows.filter((r) => r.fold === fold),
      task,
    );
    if (!patients.ok) return [];
    const held = new Set(patients.value.filter((p) => p.label !== null).map((p) => p.patient));
    const here = ids.filter((id) => held.has(id));
    const sample = sampleOfPatients({ entry: table.entry, patients: patients.value }, here, task);
    return [{ fold, key: JSON.stringify([fold, here]), sample }];
  });
}

function measureOf(metric: Metric, sample: Sample | undefined): number | null {
  return sample === undefined || sample.n === 0 ? null : measure(metric, sample);
}

function labelled(patients: readonly PatientPrediction[]): number {
  return patients.filter((p) => p.label !== null).length;
}

function notesOf(tables: readonly PartTable[], n: number): string[] {
  return tables.flatMap((t) => {
    const own = labelled(t.patients);
    return own === n
      ? []
      : [`${t.entry} predicts ${own} labelled patients; the ${n} that all tables share are compared`];
  });
}
