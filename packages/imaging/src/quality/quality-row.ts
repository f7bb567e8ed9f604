/** The row of quality control: shares of the tissue, the limits they are held against, and the flags that follow. */
import type { Tissue } from "../tissue/tissue.ts";
import type { Artefacts } from "./artefacts.ts";
import type { FocusSquare } from "./focus.ts";

export type QualityFlag = "blank" | "coverage" | "focus" | "pen" | "fold" | "bubble" | "dust";

/** A share above its limit is flagged; coverage below its own. */
export interface QualityLimits {
  /** Share of the slide that is tissue, at least. */
  readonly coverage: number;
  readonly focus: number;
  readonly pen: number;
  readonly fold: number;
  readonly bubble: number;
  readonly dust: number;
  readonly blank: number;
}

export const QUALITY_LIMITS: QualityLimits = {
  coverage: 0.002,
  focus: 0.2,
  pen: 0.1,
  fold: 0.1,
  bubble: 0.1,
  dust: 0.02,
  blank: 0.5,
};

/** Share of a blank slide that pen or a bubble covers before it is told. */
const MIN_ON_GLASS = 0.001;

/** Shares from 0 to 1; null where it could not be measured (focus on a slide coarser than 1.3 um/px, all on one without tissue). */
export interface QualityRow {
  /** Of the slide: how much is tissue. */
  readonly coverage: number;
  readonly tissueMm2: number;
  /** Of the squares of tissue that could be judged: how many are out of focus. */
  readonly focus: number | null;
  /** Squares that were judged. */
  readonly squares: number;
  /** Pen over pen and tissue. */
  readonly pen: number | null;
  readonly fold: number | null;
  readonly bubble: number | null;
  readonly dust: number | null;
  /** Of the squares that were looked at: how many are bare glass although the mask says tissue. */
  readonly blank: number | null;
  readonly flags: readonly QualityFlag[];
}

/** A slide without tissue: no shares, and a flag for each thing that covers more of the slide than of tissue it may. */
export function rowWithoutTissue(onGlass: Pick<Artefacts, "pen" | "bubble">): QualityRow {
  const none = { focus: null, pen: null, fold: null, bubble: null, dust: null, blank: null };
  const flags = (["pen", "bubble"] as const).filter(
    (name) => count(onGlass[name]) > MIN_ON_GLASS * onGlass[name].length,
  );
  return { coverage: 0, tissueMm2: 0, squares: 0, ...none, flags: ["blank", ...flags] };
}

export function rowOf(
  found: { readonly tissue: Tissue; readonly artefacts: Artefacts; readonly squares: readonly FocusSquare[] },
  limits: Partial<QualityLimits> = {},
): QualityRow {
  const { tissue, artefacts, squares } = found;
  const area = count(tissue.mask);
  const pen = count(artefacts.pen);
  const inside = (mask: Uint8Array): number => countBoth(mask, tissue.mask) / area;
  const number = (state: FocusSquare["state"]): number => squares.filter((s) => s.state === state).length;
  const judged = number("sharp") + number("blurred");
  const shares = {
    coverage: tissue.fraction,
    focus: judged === 0 ? null : number("blurred") / judged,
    pen: pen / (pen + area),
    fold: inside(artefacts.fold),
    bubble: inside(artefacts.bubble),
    dust: inside(artefacts.dust),
    blank: squares.length === 0 ? null : number("blank") / squares.length,
  };
  return {
    ...shares,
    tissueMm2: tissue.areaMm2,
    squares: judged,
    flags: flagsOf(shares, { ...QUALITY_LIMITS, ...limits }),
  };
}

function flagsOf(shares: Readonly<Record<keyof QualityLimits, number | null>>, limits: QualityLimits): QualityFlag[] {
  const names = ["coverage", "focus", "pen", "fold", "bubble", "dust", "blank"] as const;
  return names.filter((name) => {
    const share = shares[name];
    if (share === null) return false;
    return name === "coverage" ? share < limits.coverage : share > limits[name];
  });
}

function count(mask: Uint8Array): number {
  let n = 0;
  for (let i = 0; i < mask.length; i++) n += mask[i] as number;
  return n;
}

function countBoth(a: Uint8Array, b: Uint8Array): number {
  let n = 0;
  for (let i = 0; i < a.length; i++) n += (a[i] as number) & (b[i] as number);
  return n;
}
