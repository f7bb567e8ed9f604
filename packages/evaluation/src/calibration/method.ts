/** The kinds of calibration and how each is fitted, from the simplest to the freest. */
import type { Sample } from "../sample.ts";
import type { Calibration, CalibrationMethod, NoCalibration } from "./calibration.ts";
import { fitIsotonic } from "./isotonic.ts";
import { fitPlatt } from "./platt.ts";
import { fitTemperature } from "./temperature.ts";

export const CALIBRATION_FITS: Readonly<Record<CalibrationMethod, (tune: Sample) => Calibration | NoCalibration>> = {
  temperature: fitTemperature,
  platt: fitPlatt,
  isotonic: fitIsotonic,
};

export const CALIBRATION_METHODS = Object.keys(CALIBRATION_FITS) as CalibrationMethod[];
