/** Options that are numbers: read, bounded and refused by name, before any work is done with them. */
import { PLAUSIBLE_MPP, raise } from "@nacre/core";

export interface Bounds {
  readonly least: number;
  readonly most: number;
  /** Whole numbers only. */
  readonly whole?: boolean;
}

/** An option that is always there, since it has a default. @throws FailureError bad-usage */
export function numberOption(text: string, name: string, { least, most, whole = false }: Bounds): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  return raise("bad-usage", {
    expected: `${name}: a ${whole ? "whole " : ""}number from ${least} to ${most}`,
    received: text,
    remedy: whole ? `correct ${name}` : `correct ${name}; decimals are written with a point`,
  });
}

/** --mpp, the scale of files that hold none, micrometres per pixel; null where it was not given. @throws FailureError bad-usage */
export function mppOption(text: string | undefined): number | null {
  return text === undefined ? null : numberOption(text, "--mpp", { least: PLAUSIBLE_MPP.min, most: PLAUSIBLE_MPP.max });
}

/** --seed. @throws FailureError bad-usage */
export function seedOption(text: string): number {
  return numberOption(text, "--seed", { least: 0, most: 2 ** 32 - 1, whole: true });
}
