/**
 * What a calibration is: a small plain value that maps the probabilities of a model to better ones, fitted on the tune part and
 * applied to any other. It names the classes it was fitted for, so that it cannot be applied to another task by mistake.
 */
import type { Sample } from "../sample.ts";

interface FittedFor {
  /** Class names in the order of the probabilities. */
  readonly classes: readonly string[];
  /** Index of the positive class. */
  readonly positive: number;
  /** Patients it was fitted on. */
  readonly n: number;
}

/** softmax(log p / temperature): above 1 makes a model less sure, below 1 surer. Never changes the call. Any number of classes. */
export interface TemperatureCalibration extends FittedFor {
  readonly kind: "temperature";
  readonly temperature: number;
  /** Probabilities nearer to 0 or 1 than this are moved to it before the logarithm. */
  readonly clip: number;
}

/** 1 / (1 + exp(-(intercept + slope logit p))) of the positive class, slope above 0. Two classes. */
export interface PlattCalibration extends FittedFor {
  readonly kind: "platt";
  readonly slope: number;
  readonly intercept: number;
  readonly clip: number;
}

/** A rising line through knots (x, y) of the positive class, flat beyond the first and last. Two classes. */
export interface IsotonicCalibration extends FittedFor {
  readonly kind: "isotonic";
  /** Probabilities before, strictly ascending. */
  readonly x: readonly number[];
  /** Probabilities after, ascending. */
  readonly y: readonly number[];
}

/** Survives JSON unchanged. */
export type Calibration = TemperatureCalibration | PlattCalibration | IsotonicCalibration;

export type CalibrationMethod = Calibration["kind"];

/** A fit that does not exist, with the reason. */
export interface NoCalibration {
  readonly kind: "undefined";
  readonly method: CalibrationMethod;
  readonly n: number;
  readonly reason: string;
}

/** The fit could not be made because ... */
export function noCalibration(method: CalibrationMethod, sample: Sample, reason: string): NoCalibration {
  return { kind: "undefined", method, n: sample.n, reason };
}

/** What every fit records about its sample. */
export function fittedFor(sample: Sample): FittedFor {
  return { classes: [...sample.classes], positive: sample.positive, n: sample.n };
}

/** Why nothing at all can be fitted on this sample, or null. */
export function unfitReason(sample: Sample): string | null {
  if (sample.n === 0) return "no labelled patient to fit on";
  const first = sample.labels[0] as number;
  if (sample.labels.some((label) => label !== first)) return null;
  return `every patient to fit on has the label ${sample.classes[first]}`;
}
