/**
 * What is known of a bag beside its tiles, as numbers: categories one-hot by their levels, numbers centred and scaled. The coding is made
 * once for all folds, of every slide that any fold may be fitted on, since the folds are averaged in one model with one input; slides of
 * external sites play no part in it. It looks at no label. Within a fold a level that its train part lacks is refused.
 */
import { type CohortRow, type Failure, fail, type Outcome, ok, type SlideId, type Split } from "@nacre/core";
import { plainNumber } from "../judge/cell-form.ts";

export type Covariate =
  | { readonly column: string; readonly kind: "number"; readonly mean: number; readonly deviation: number }
  | { readonly column: string; readonly kind: "category"; readonly levels: readonly string[] };

/** Text of a column; null where it is missing. */
export type Cell = (column: string) => string | null;

const MOST_LEVELS = 50;

/** The coding of columns by the rows that may be fitted on. Failures: bad-value (nothing known, one value, too many levels). */
function settleCovariates(columns: readonly string[], rows: readonly Cell[]): Outcome<Covariate[]> {
  const coded: Covariate[] = [];
  for (const column of columns) {
    const values = rows.map((cell) => cell(column)).filter((value) => value !== null);
    const levels = [...new Set(values)].sort();
    const numbers = values.map(plainNumber).filter((value) => value !== null && Number.isFinite(value)) as number[];
    const isNumber = numbers.length === values.length;
    if (levels.length < 2 || (!isNumber && levels.length > MOST_LEVELS)) return noCovariate(column, levels);
    coded.push(isNumber ? numberOf(column, numbers) : { column, kind: "category", levels });
  }
  return ok(coded);
}

function numberOf(column: string, values: readonly number[]): Covariate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { column, kind: "number", mean, deviation: deviation > 0 ? deviation : 1 };
}

/** The numbers a model takes. Failures: no-covariates (a value is missing), bad-value (an unknown level, no number). `name`: the bag, for messages. */
export function encodeCovariates(coding: readonly Covariate[], cell: Cell, name: string): Outcome<number[]> {
  const numbers: number[] = [];
  for (const covariate of coding) {
    const text = cell(covariate.column);
    if (text === null) return missingCovariate(covariate.column, name);
    if (covariate.kind === "category") {
      if (!covariate.levels.includes(text)) return unknownLevel(covariate.column, text, covariate.levels, name);
      numbers.push(...covariate.levels.map((level) => (level === text ? 1 : 0)));
      continue;
    }
    const value = plainNumber(text);
    if (value === null || !Number.isFinite(value)) return noNumber(covariate.column, text, name);
    numbers.push((value - covariate.mean) / covariate.deviation);
  }
  return ok(numbers);
}

export interface CodedCovariates {
  readonly coding: readonly Covariate[];
  /** The numbers of each slide. */
  readonly numbers: ReadonlyMap<SlideId, readonly number[]>;
}

/**
 * The covariates of every slide of a division. Failures: bad-value (also a level that the train part of a fold lacks), no-covariates.
 * `cellOf` reads a row, codes of missing values as null.
 */
export function codeCovariates(
  columns: readonly string[],
  rows: readonly CohortRow[],
  split: Split,
  cellOf: (row: CohortRow) => Cell,
): Outcome<CodedCovariates> {
  const fitted = new Set(split.folds.flatMap(({ train }) => train));
  const coding = settleCovariates(columns, rows.filter(({ slide }) => fitted.has(slide)).map(cellOf));
  if (!coding.ok) return coding;
  const numbers = new Map<SlideId, readonly number[]>();
  for (const row of rows) {
    const own = encodeCovariates(coding.value, cellOf(row), row.slide);
    if (!own.ok) return own;
    numbers.set(row.slide, own.value);
  }
  const levels = checkLevels(coding.value, split, rows, cellOf);
  return levels.ok ? ok({ coding: coding.value, numbers }) : levels;
}

/** The first covariate a row lacks. */
export function lackingCovariate(columns: readonly string[], cell: Cell, name: string): Failure | null {
  const column = columns.find((c) => cell(c) === null);
  return column === undefined ? null : missingCovariate(column, name).failure;
}

/** Every level a fold predicts must be in its train part, and every level of an external slide in that of all folds. Failures: bad-value. */
function checkLevels(
  coding: readonly Covariate[],
  split: Split,
  rows: readonly CohortRow[],
  cellOf: (row: CohortRow) => Cell,
): Outcome<null> {
  const byId = new Map(rows.map((row) => [row.slide, row]));
  const level = (slide: CohortRow["slide"], column: string): string | null => {
    const row = byId.get(slide);
    return row === undefined ? null : cellOf(row)(column);
  };
  for (const { column, kind } of coding) {
    if (kind === "number") continue;
    for (const { fold, train, tune, test } of split.folds) {
      const known = new Set(train.map((slide) => level(slide, column)));
      const stranger = [...tune, ...test, ...split.external].find((slide) => !known.has(level(slide, column)));
      if (stranger === undefined) continue;
      const levels = [...known].filter((l) => l !== null);
      return unknownLevel(column, level(stranger, column) ?? "", levels, `${stranger} (fold ${fold})`);
    }
  }
  return ok(null);
}

function noCovariate(column: string, levels: readonly string[]): Outcome<never> {
  return fail("bad-value", {
    expected: `numbers, or 2 to ${MOST_LEVELS} levels, in the covariate ${column} among the slides that models are fitted on`,
    received: levels.length < 2 ? (levels[0] ?? "nothing") : `${levels.length} different texts`,
    remedy: "leave it out of covariates:, or merge its levels",
  });
}

function missingCovariate(column: string, name: string): ReturnType<typeof fail> {
  return fail("no-covariates", {
    expected: `a value of the covariate ${column} for ${name}`,
    received: "none",
    remedy: "fill it in, leave the slide out, or leave the covariate out of the study",
  });
}

function unknownLevel(column: string, text: string, levels: readonly string[], name: string): Outcome<never> {
  return fail("bad-value", {
    expected: `a level of ${column} that the model was fitted with: ${levels.join(", ")}`,
    received: `\`${text}\` for ${name}`,
    remedy: "merge rare levels in the cohort, use fewer folds, or leave the covariate out of the study",
  });
}

function noNumber(column: string, text: string, name: string): Outcome<never> {
  return fail("bad-value", {
    expected: `a number in the covariate ${column}`,
    received: `\`${text}\` for ${name}`,
    remedy: "write it as a number with a decimal point, in the unit of the cohort the model was fitted on",
  });
}
