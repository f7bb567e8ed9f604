/**
 * Physical units as types, so that a scale is never mistaken for a length.
 * A unit is only put on by the constructors below; everywhere else it is carried.
 */
import { fail, type Outcome, ok } from "./outcome.ts";

declare const unit: unique symbol;
type Quantity<U extends string> = number & { readonly [unit]: U };

/** Scale: micrometres of tissue per pixel. */
export type Mpp = Quantity<"um/px">;
/** Length on the tissue, in micrometres. */
export type Microns = Quantity<"um">;

/** The range in which a scale is believed: an 0.05 um/px oil objective to a 1x macro camera. */
export const PLAUSIBLE_MPP = { min: 0.05, max: 10 } as const;

/** Accepts a scale in micrometres per pixel, or says why it cannot be one (`implausible-scale`). */
export function parseMpp(value: number, where: string): Outcome<Mpp> {
  if (value >= PLAUSIBLE_MPP.min && value <= PLAUSIBLE_MPP.max) return ok(value as Mpp);
  return fail("implausible-scale", {
    expected: `a scale between ${PLAUSIBLE_MPP.min} and ${PLAUSIBLE_MPP.max} micrometres per pixel`,
    received: `${value} in ${where}`,
    remedy: "give the true scale in an mpp column of the cohort file, or with --mpp",
  });
}

/** Puts the unit on a scale the program itself computed. @throws RangeError outside (0, inf) */
export function mpp(value: number): Mpp {
  if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`expected a positive scale, received ${value}`);
  return value as Mpp;
}

/** Puts the unit on a length. @throws RangeError when not finite */
export function microns(value: number): Microns {
  if (!Number.isFinite(value)) throw new RangeError(`expected a finite length, received ${value}`);
  return value as Microns;
}
