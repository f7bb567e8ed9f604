/**
 * Calibration before and after: every method is fitted on tune patients alone, fold by fold (`tuned-fold.ts`), and judged on test, on the
 * same patients and the same bootstrap draws with the fits taken as given. Test is never fitted on. The change has an interval of its
 * own, since the two columns are about the same people and overlap of their intervals says nothing.
 */
import { classCounts, type Sample, subsample } from "../sample.ts";
import { applyCalibration } from "./apply.ts";
import {
  type Calibration,
  type CalibrationMethod,
  type NoCalibration,
  noCalibration,
  unfitReason,
} from "./calibration.ts";
import { chooseCalibration } from "./choose.ts";
import { type CalibrationFold, type CalibrationPart, ruleOf, whereRefused } from "./fold-rule.ts";
import { type CalibrationChange, type CalibrationMeasures, measureSets } from "./measures.ts";
import { CALIBRATION_FITS, CALIBRATION_METHODS } from "./method.ts";
import { oneFold, type TunedFold } from "./tuned-fold.ts";

export interface CalibrateOptions {
  /** Bootstrap replicates behind every interval; 0 for none. Default 1000. */
  readonly replicates?: number;
  readonly seed?: number;
}

export interface CalibratedOnTune {
  readonly method: CalibrationMethod;
  /** One for each fold. */
  readonly fits: readonly { readonly fold: number | null; readonly calibration: Calibration | NoCalibration }[];
  /** On test with the calibrations; null where a fold has none. */
  readonly after: CalibrationMeasures | null;
  /** After minus before on the same patients, below 0 is better; null where a fold has no calibration. */
  readonly change: CalibrationChange | null;
}

export interface CalibrationComparison {
  /** How the fits were made and on whom, in one sentence without its full stop. */
  readonly rule: string;
  /** Tune patients, summed over folds: a patient may be tune in several. */
  readonly tune: CalibrationPart;
  readonly test: CalibrationPart;
  readonly folds: readonly CalibrationFold[];
  /** Why at least one fold was not fitted; null where all were. */
  readonly refused: string | null;
  readonly before: CalibrationMeasures;
  readonly methods: readonly CalibratedOnTune[];
  /** With the method that each fold's tune part chose (`folds[].choice`); null where a fold was refused. `change` is null where all chose none. */
  readonly chosen: { readonly after: CalibrationMeasures; readonly change: CalibrationChange | null } | null;
}

/** Fewer tune patients than this, and nothing is fitted: a curve through so few would be noise. */
export const LEAST_TO_CALIBRATE = 20;

/**
 * Temperature, Platt and isotonic calibration, fitted on `tune`, before and after on `test`. A tune part of one class or of fewer than
 * 20 patients is refused with the reason; `before` is given all the same.
 * @throws RangeError for samples of different classes, or for the test sample given as tune
 */
export function calibrateOnTune(tune: Sample, test: Sample, options: CalibrateOptions = {}): CalibrationComparison {
  return calibrateByFold([oneFold(tune, test)], test, options);
}

/**
 * The same where several models predicted `test`: each fold is fitted on its own tune patients and mapped for itself, and a patient
 * whom several folds predicted gets the mean of the mapped probabilities.
 * @throws RangeError for samples of different classes, or for the test sample given as tune
 */
export function calibrateByFold(
  folds: readonly TunedFold[],
  test: Sample,
  { replicates = 1000, seed = 0 }: CalibrateOptions = {},
): CalibrationComparison {
  for (const { tune } of folds) if (tune !== null) expectParts(tune, test);
  const fitted = folds.map((fold) => fitFold(fold, test));
  const told = fitted.map((f) => f.told);
  const refused = whereRefused(told);
  const methods = CALIBRATION_METHODS.map((method) => ({ method, fits: fitted.map((f) => f.fits[method]) }));
  const chosen = refused === null ? fitted.map(chosenFit) : null;
  // What all folds chose alike is judged already.
  const same = chosen === null ? undefined : methods.find((m) => m.fits.every((fit, f) => fit === chosen[f]));
  const isMixed = chosen?.some((fit) => fit !== null) === true && same === undefined;
  const usable = methods.filter((m) => m.fits.every((fit) => fit.kind !== "undefined"));
  const sets = [...usable.map((m) => m.fits as Calibration[]), ...(isMixed ? [chosen] : [])];
  const { before, after } = measureSets(
    test,
    sets.map((fits) => recalibrated(test, folds, fits)),
    { replicates, seed },
  );
  const judgedOf = (fits: (typeof methods)[number] | undefined) =>
    after[fits === undefined ? sets.length - 1 : usable.indexOf(fits)];
  const choice = isMixed || same !== undefined ? judgedOf(same) : undefined;
  return {
    rule: ruleOf(told, test.n),
    tune: sumOf(told.map((f) => f.tune)),
    test: partOf(test),
    folds: told,
    refused,
    before,
    methods: methods.map((m): CalibratedOnTune => {
      const judged = judgedOf(m);
      const fits = m.fits.map((calibration, f) => ({ fold: folds[f]?.fold ?? null, calibration }));
      return { method: m.method, fits, after: judged?.measures ?? null, change: judged?.change ?? null };
    }),
    chosen: chosen && { after: choice?.measures ?? before, change: choice?.change ?? null },
  };
}

/**
 * The sample with the probabilities of every fold mapped by its calibration (null: left as they are), then averaged over folds.
 * `calibrations` are in the order of `folds`.
 */
export function recalibrated(
  sample: Sample,
  folds: readonly TunedFold[],
  calibrations: readonly (Calibration | null)[],
): Sample {
  const { n, k } = sample;
  const sums = new Float64Array(n * k);
  const times = new Uint32Array(n);
  folds.forEach(({ rows, probabilities }, f) => {
    const calibration = calibrations[f] ?? null;
    const mapped = calibration === null ? probabilities : applyCalibration(calibration, probabilities);
    rows.forEach((row, at) => {
      times[row] = (times[row] as number) + 1;
      for (let c = 0; c < k; c++) sums[row * k + c] = (sums[row * k + c] as number) + (mapped[at * k + c] as number);
    });
  });
  return { ...sample, probabilities: sums.map((sum, i) => sum / (times[Math.floor(i / k)] as number)) };
}

interface FittedFold {
  readonly told: CalibrationFold;
  readonly fits: Readonly<Record<CalibrationMethod, Calibration | NoCalibration>>;
}

function fitFold({ fold, from, tune, rows }: TunedFold, test: Sample): FittedFold {
  const taught = tune ?? subsample(test, []);
  const refused = refusal(taught);
  const fitOf = (method: CalibrationMethod): Calibration | NoCalibration =>
    refused === null ? CALIBRATION_FITS[method](taught) : noCalibration(method, taught, refused);
  return {
    told: {
      fold,
      from,
      tune: partOf(taught),
      test: partOf(subsample(test, [...rows])),
      refused,
      choice: refused === null ? chooseCalibration(taught) : null,
    },
    fits: { temperature: fitOf("temperature"), platt: fitOf("platt"), isotonic: fitOf("isotonic") },
  };
}

/** The calibration a fold chose; null for none. */
function chosenFit({ told, fits }: FittedFold): Calibration | null {
  const method = told.choice?.method ?? "none";
  const fit = method === "none" ? null : fits[method];
  return fit === null || fit.kind === "undefined" ? null : fit;
}

function refusal(tune: Sample): string | null {
  if (tune.n >= LEAST_TO_CALIBRATE || tune.n === 0) return unfitReason(tune);
  return `${tune.n} tune patients, fewer than the ${LEAST_TO_CALIBRATE} a calibration needs at least`;
}

function partOf(sample: Sample): CalibrationPart {
  const counts = classCounts(sample);
  return { n: sample.n, classes: Object.fromEntries(sample.classes.map((name, c) => [name, counts[c] as number])) };
}

function sumOf(parts: readonly CalibrationPart[]): CalibrationPart {
  const names = Object.keys(parts[0]?.classes ?? {});
  const total = (of: (part: CalibrationPart) => number): number => parts.reduce((sum, part) => sum + of(part), 0);
  return {
    n: total((part) => part.n),
    classes: Object.fromEntries(names.map((name) => [name, total((part) => part.classes[name] ?? 0)])),
  };
}

function expectParts(tune: Sample, test: Sample): void {
  if (tune === test) {
    throw new RangeError("expected other patients as tune, received the test sample; hand over the tune part");
  }
  const names = (s: Sample): string => `${s.classes.join(", ")} with ${s.classes[s.positive]} as positive`;
  if (names(tune) !== names(test)) {
    throw new RangeError(
      `expected tune and test of the same classes, received ${names(tune)} and ${names(test)}; hand over parts of one task`,
    );
  }
}
