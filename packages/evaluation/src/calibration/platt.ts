/**
 * Platt scaling (Platt 1999) on the logit scale: logit q = intercept + slope logit p by maximum likelihood. On the patients it
 * was fitted on, calibration slope and intercept are then 1 and 0. Departure: plain labels instead of Platt's smoothed ones, so that a
 * separated sample is said to have no fit instead of receiving an arbitrary one.
 */
import { fitLogistic } from "../metric/logistic.ts";
import { isClass, type Sample, scoresOf } from "../sample.ts";
import { fittedFor, type NoCalibration, noCalibration, type PlattCalibration, unfitReason } from "./calibration.ts";
import { clipOf, clippedLogit } from "./logit.ts";

/**
 * Slope and intercept of a tune sample of two classes. Undefined for more classes, where one class is absent, where the
 * probabilities separate the classes or do not vary, and where the slope is not above 0: it would turn the ranking round.
 */
export function fitPlatt(tune: Sample): PlattCalibration | NoCalibration {
  if (tune.k !== 2) return noCalibration("platt", tune, `Platt scaling is for two classes, here are ${tune.k}`);
  const unfit = unfitReason(tune);
  if (unfit !== null) return noCalibration("platt", tune, unfit);
  const scores = scoresOf(tune);
  if (scores.every((p) => p === scores[0])) {
    return noCalibration("platt", tune, "the probabilities do not vary, so no slope can be fitted");
  }
  const clip = clipOf(scores);
  const x = scores.map((p) => clippedLogit(p, clip));
  const fit = fitLogistic(x, isClass(tune), new Float64Array(tune.n).fill(1));
  if (fit === null) {
    return noCalibration(
      "platt",
      tune,
      "perfect separation: the probabilities separate the classes, no finite fit exists",
    );
  }
  if (!(fit.slope > 0)) {
    const reason = `the slope is ${fit.slope.toPrecision(3)}: higher probabilities go with fewer positives, and a fit would turn the ranking round`;
    return noCalibration("platt", tune, reason);
  }
  return { kind: "platt", ...fittedFor(tune), slope: fit.slope, intercept: fit.intercept, clip };
}
