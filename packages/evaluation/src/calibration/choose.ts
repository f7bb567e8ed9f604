/**
 * Choosing how to calibrate without looking at test: inside the tune part each kind is fitted on four fifths and judged on the fifth
 * by the Brier score (Brier 1950), and the lowest wins; leaving the probabilities as they are is one of the candidates, and of
 * equals the simpler is taken. Every class is dealt evenly over the fifths, by seeded chance: dealing neighbours of one class in turn
 * would repeat the noise of four fifths in the fifth, and isotonic regression would win whatever the model.
 */
import { randomStream } from "@nacre/core";
import { brierMetric } from "../metric/brier.ts";
import { measure } from "../metric/metric.ts";
import { ascending } from "../metric/rank.ts";
import { type Sample, scoresOf, subsample } from "../sample.ts";
import { applyCalibration } from "./apply.ts";
import type { CalibrationMethod } from "./calibration.ts";
import { CALIBRATION_FITS, CALIBRATION_METHODS } from "./method.ts";

const PARTS = 5;

/** `none`: the probabilities stay as they are. */
export type CalibrationCandidate = CalibrationMethod | "none";

export interface CalibrationChoice {
  readonly method: CalibrationCandidate;
  /** Brier score inside the tune part of each candidate; null where it could not be fitted on every four fifths. */
  readonly brier: Readonly<Record<CalibrationCandidate, number | null>>;
}

/** The choice for one tune part; `none` for a sample without patients. */
export function chooseCalibration(tune: Sample): CalibrationChoice {
  const fifths = dealt(tune);
  const brier = {
    none: measure(brierMetric, tune),
    temperature: crossFitted("temperature", tune, fifths),
    platt: crossFitted("platt", tune, fifths),
    isotonic: crossFitted("isotonic", tune, fifths),
  };
  let method: CalibrationCandidate = "none";
  for (const candidate of CALIBRATION_METHODS) {
    const [best, score] = [brier[method], brier[candidate]];
    const isFitted = CALIBRATION_FITS[candidate](tune).kind !== "undefined";
    if (isFitted && score !== null && best !== null && score < best) method = candidate;
  }
  return { method, brier };
}

/** The part of each patient, [n]; the same for the same patients in another order. */
function dealt(tune: Sample): Int32Array {
  const order = ascending(scoresOf(tune));
  const random = randomStream(0, "choose-calibration");
  const parts = new Int32Array(tune.n);
  let next = 0;
  for (let c = 0; c < tune.k; c++) {
    const members = Array.from(order).filter((i) => tune.labels[i] === c);
    for (const i of random.shuffled(members)) parts[i] = next++ % PARTS;
  }
  return parts;
}

function crossFitted(method: CalibrationMethod, tune: Sample, parts: Int32Array): number | null {
  const probabilities = new Float64Array(tune.probabilities.length);
  const all = Array.from({ length: tune.n }, (_, i) => i);
  for (let part = 0; part < PARTS; part++) {
    const held = all.filter((i) => parts[i] === part);
    if (held.length === 0) continue;
    const rest = all.filter((i) => parts[i] !== part);
    const calibration = CALIBRATION_FITS[method](subsample(tune, rest));
    if (calibration.kind === "undefined") return null;
    const mapped = applyCalibration(calibration, subsample(tune, held));
    held.forEach((i, at) => {
      probabilities.set(mapped.probabilities.subarray(at * tune.k, (at + 1) * tune.k), i * tune.k);
    });
  }
  return measure(brierMetric, { ...tune, probabilities });
}
