/**
 * Calibration before and after: every method is fitted on the tune part alone and judged on test, on the same patients and the same
 * bootstrap draws with the fit taken as given. Test is never fitted on. The change has an interval of its own, since the
 * two columns are about the same people and overlap of their intervals says nothing.
 */
import { classCounts, type Sample } from "../sample.ts";
import { applyCalibration } from "./apply.ts";
import {
  type Calibration,
  type CalibrationMethod,
  type NoCalibration,
  noCalibration,
  unfitReason,
} from "./calibration.ts";
import { fitIsotonic } from "./isotonic.ts";
import { type CalibrationChange, type CalibrationMeasures, measureSets } from "./measures.ts";
import { fitPlatt } from "./platt.ts";
import { fitTemperature } from "./temperature.ts";

export interface CalibrateOptions {
  /** Bootstrap replicates behind every interval; 0 for none. Default 1000. */
  readonly replicates?: number;
  readonly seed?: number;
}

export interface CalibratedOnTune {
  readonly method: CalibrationMethod;
  readonly calibration: Calibration | NoCalibration;
  /** On test with the calibration; null where there is none. */
  readonly after: CalibrationMeasures | null;
  /** After minus before on the same patients, below 0 is better; null where there is no calibration. */
  readonly change: CalibrationChange | null;
}

/** A part, with the number of patients of each class. */
export interface CalibrationPart {
  readonly n: number;
  readonly classes: Readonly<Record<string, number>>;
}

export interface CalibrationComparison {
  /** Patients fitted on and judged on. */
  readonly tune: CalibrationPart;
  readonly test: CalibrationPart;
  /** Why nothing was fitted; null where it was. */
  readonly refused: string | null;
  readonly before: CalibrationMeasures;
  readonly methods: readonly CalibratedOnTune[];
}

/** Fewer tune patients than this, and nothing is fitted: a curve through so few would be noise. */
export const LEAST_TO_CALIBRATE = 20;

const FITS: Readonly<Record<CalibrationMethod, (tune: Sample) => Calibration | NoCalibration>> = {
  temperature: fitTemperature,
  platt: fitPlatt,
  isotonic: fitIsotonic,
};

/**
 * Temperature, Platt and isotonic calibration, fitted on `tune`, before and after on `test`. A tune part of one class or of fewer than
 * 20 patients is refused with the reason; `before` is given all the same.
 * @throws RangeError for samples of different classes, or for the test sample given as tune
 */
export function calibrateOnTune(
  tune: Sample,
  test: Sample,
  { replicates = 1000, seed = 0 }: CalibrateOptions = {},
): CalibrationComparison {
  expectParts(tune, test);
  const refused = refusal(tune);
  const fitted = (Object.keys(FITS) as CalibrationMethod[]).map((method) => ({
    method,
    calibration: refused === null ? FITS[method](tune) : noCalibration(method, tune, refused),
  }));
  const usable = fitted.flatMap(({ calibration }) => (calibration.kind === "undefined" ? [] : [calibration]));
  const calibrated = usable.map((calibration) => applyCalibration(calibration, test));
  const { before, after } = measureSets(test, calibrated, { replicates, seed });
  const methods = fitted.map(({ method, calibration }): CalibratedOnTune => {
    const judged = calibration.kind === "undefined" ? undefined : after[usable.indexOf(calibration)];
    return { method, calibration, after: judged?.measures ?? null, change: judged?.change ?? null };
  });
  return { tune: partOf(tune), test: partOf(test), refused, before, methods };
}

function refusal(tune: Sample): string | null {
  if (tune.n >= LEAST_TO_CALIBRATE || tune.n === 0) return unfitReason(tune);
  return `${tune.n} tune patients, fewer than the ${LEAST_TO_CALIBRATE} a calibration needs at least`;
}

function partOf(sample: Sample): CalibrationPart {
  const counts = classCounts(sample);
  return { n: sample.n, classes: Object.fromEntries(sample.classes.map((name, c) => [name, counts[c] as number])) };
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
