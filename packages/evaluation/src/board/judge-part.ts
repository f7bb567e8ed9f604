/** One part of one task: the shared patients, every model's numbers on them, and the ranks. */
import { randomStream } from "@nacre/core";
import { type RankGroups, rankGroups } from "../compare/rank-groups.ts";
import type { Estimate } from "../estimate.ts";
import { bootstrap } from "../interval/bootstrap.ts";
import { type Metric, measure, type Sized } from "../metric/metric.ts";
import type { BoardPart, BoardPartName, PartResult } from "./board-entry.ts";
import type { BoardKind, BoardPatient, BoardRow } from "./board-kind.ts";
import { commonIds, inOrder, type PartTable } from "./common-patients.ts";
import { meanOverSeeds, modelSample } from "./model-sample.ts";
import { type Spread, spreadOf } from "./spread.ts";

/** A table of one seed, ready to be judged. */
export interface SeedTable<Row extends BoardRow, P extends BoardPatient> extends PartTable<P> {
  /** The rows of the part, for the folds. */
  readonly rows: readonly Row[];
}

/** A model in this part: one table for each seed. */
export interface PartModel<Row extends BoardRow, P extends BoardPatient> {
  readonly name: string;
  readonly isBarred: boolean;
  readonly seeds: readonly SeedTable<Row, P>[];
}

export interface PartOptions<Row extends BoardRow, P extends BoardPatient, S extends Sized> {
  readonly kind: BoardKind<Row, P, S>;
  /** Name of the task, which keeps the chance of tasks apart. */
  readonly name: string;
  readonly part: BoardPartName;
  readonly metric: Metric<S>;
  readonly beside: readonly Metric<S>[];
  readonly replicates: number;
  readonly seed: number;
}

export interface JudgedPart {
  readonly part: BoardPart;
  /** By name of the model; a model without a number here has no result. */
  readonly results: ReadonlyMap<string, PartResult>;
}

/** Judges the models that have the part; null where none that may be compared has it. */
export function judgePart<Row extends BoardRow, P extends BoardPatient, S extends Sized>(
  models: readonly PartModel<Row, P>[],
  options: PartOptions<Row, P, S>,
): JudgedPart | null {
  const { kind } = options;
  const present = models.filter((m) => m.seeds.length > 0 && m.seeds.every((s) => labelled(s.patients) > 0));
  const eligible = present.filter((m) => !m.isBarred);
  if (present.length === 0) return null;
  const tables = (eligible.length > 0 ? eligible : present).flatMap((m) => m.seeds);
  const common = commonIds(tables, kind.labelText);
  const none = { n: 0, classes: {}, compared: 0, method: "nothing was compared", first: [], notes: [] };
  if (!common.ok) return { part: { ...none, refused: common.failure }, results: new Map() };
  const ids = common.value;
  const samples = new Map(present.map((m) => [m.name, m.seeds.map((s) => kind.sampleOf(inOrder(s, ids)))]));
  const ranking = rank(eligible, samples, options);
  const results = new Map<string, PartResult>();
  for (const model of present) {
    const seeds = samples.get(model.name) ?? [];
    if (seeds.some((s) => s.n === 0 || s.n !== seeds[0]?.n)) continue;
    results.set(model.name, { ...numbersOf(model, seeds, ids, options), ...placeOf(model.name, ranking) });
  }
  const reference = samples.get((eligible[0] ?? present[0])?.name ?? "")?.[0];
  return {
    part: {
      n: ids.length,
      classes: reference === undefined ? {} : kind.countsOf(reference),
      compared: eligible.length,
      method: ranking.method,
      first: ranking.best,
      notes: notesOf(tables, ids.length),
      refused: null,
    },
    results,
  };
}

function rank<Row extends BoardRow, P extends BoardPatient, S extends Sized>(
  eligible: readonly PartModel<Row, P>[],
  samples: ReadonlyMap<string, readonly S[]>,
  { kind, metric, name, part, replicates, seed }: PartOptions<Row, P, S>,
): RankGroups {
  const models = eligible.map((m) => ({ name: m.name, sample: modelSample(samples.get(m.name) ?? []) }));
  return rankGroups(models, meanOverSeeds(metric), {
    replicates,
    seed: randomStream(seed, "board", name, part).bits(),
    strata: strataOf(models[0]?.sample.seeds, kind),
  });
}

function strataOf<S extends Sized>(
  seeds: readonly S[] | undefined,
  kind: { readonly strataOf: (sample: S) => ArrayLike<number> | null },
): ArrayLike<number> | null {
  const first = seeds?.[0];
  return first === undefined ? null : kind.strataOf(first);
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

function numbersOf<Row extends BoardRow, P extends BoardPatient, S extends Sized>(
  model: PartModel<Row, P>,
  samples: readonly S[],
  ids: readonly string[],
  { kind, metric, beside, name, part, replicates, seed }: PartOptions<Row, P, S>,
): Omit<PartResult, keyof Place> {
  const strata = strataOf(samples, kind);
  const chance = { replicates, seed: randomStream(seed, "board", name, part).bits(), strata };
  const metrics = [metric, ...beside];
  const [only] = samples;
  const estimates =
    samples.length === 1 && only !== undefined
      ? bootstrap(only, metrics, chance)
      : bootstrap(modelSample(samples), metrics.map(meanOverSeeds), chance).map((e) => ({
          ...e,
          method: `${e.method}; mean over ${samples.length} seeds, the interval is over patients alone`,
        }));
  const [estimate, ...others] = estimates;
  if (estimate === undefined) throw new RangeError("expected one estimate a metric, received none");
  return {
    patients: Math.max(...model.seeds.map((s) => labelled(s.patients))),
    estimate,
    beside: Object.fromEntries(beside.map((m, i) => [m.name, others[i] as (typeof estimates)[number]])),
    seeds: spreadOf(
      model.seeds.map((s, i) => ({ name: s.entry, n: samples[i]?.n ?? 0, value: measureOf(metric, samples[i]) })),
    ),
    folds: foldSpread(model, ids, { metric, kind }),
  };
}

/** Spread over folds, each the mean over seeds; null where the folds of the seeds hold different patients. */
function foldSpread<Row extends BoardRow, P extends BoardPatient, S extends Sized>(
  model: PartModel<Row, P>,
  ids: readonly string[],
  { metric, kind }: Pick<PartOptions<Row, P, S>, "metric" | "kind">,
): Spread | null {
  const bySeed = model.seeds.map((s) => foldsOf(s, ids, kind));
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

function foldsOf<Row extends BoardRow, P extends BoardPatient, S extends Sized>(
  table: SeedTable<Row, P>,
  ids: readonly string[],
  kind: BoardKind<Row, P, S>,
): { fold: number; key: string; sample: S }[] {
  const numbers = [...new Set(table.rows.map((r) => r.fold).filter((f) => f !== null))].sort((a, b) => a - b);
  return numbers.flatMap((fold) => {
    const patients = kind.patientsOf(table.rows.filter((r) => r.fold === fold));
    if (!patients.ok) return [];
    const held = new Set(patients.value.filter((p) => p.label !== null).map((p) => p.patient));
    const here = ids.filter((id) => held.has(id));
    const sample = kind.sampleOf(inOrder({ entry: table.entry, patients: patients.value }, here));
    return [{ fold, key: JSON.stringify([fold, here]), sample }];
  });
}

function measureOf<S extends Sized>(metric: Metric<S>, sample: S | undefined): number | null {
  return sample === undefined || sample.n === 0 ? null : measure(metric, sample);
}

function labelled(patients: readonly BoardPatient[]): number {
  return patients.filter((p) => p.label !== null).length;
}

function notesOf(tables: readonly PartTable<BoardPatient>[], n: number): string[] {
  return tables.flatMap((t) => {
    const own = labelled(t.patients);
    return own === n
      ? []
      : [`${t.entry} predicts ${own} labelled patients; the ${n} that all tables share are compared`];
  });
}
