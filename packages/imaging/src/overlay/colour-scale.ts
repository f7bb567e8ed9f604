/**
 * Values as colours. One scale serves all slides of a run: the caller hands in the value at its end, so that a benign
 * slide stays pale beside a malignant one. Signed values run blue, white, red; others from dark violet to yellow.
 * Both tables are paths in Oklab with an even change of lightness, our own construction.
 */
import { oklchToRgb, type Rgb } from "./oklab.ts";

export interface HeatmapOptions {
  /** The value drawn at the end of the colour scale, > 0; beyond it colours saturate. The same for all slides of a run. */
  readonly scale: number;
  /** Signed values are centred on 0; sequential ones start at 0. */
  readonly kind: "signed" | "sequential";
  /** Strength of the strongest colour over the tissue, 0..1. Default 0.6. */
  readonly opacity?: number;
}

const STEPS = 256;

const SEQUENTIAL: readonly Rgb[] = Array.from({ length: STEPS }, (_, i) => {
  const t = i / (STEPS - 1);
  return oklchToRgb(0.26 + 0.66 * t, 0.12 + 0.05 * Math.sin(Math.PI * t), 305 - 200 * t);
});

const SIGNED: readonly Rgb[] = Array.from({ length: STEPS + 1 }, (_, i) => {
  const t = (2 * i) / STEPS - 1;
  return oklchToRgb(0.98 - 0.46 * Math.abs(t), 0.21 * Math.abs(t), t < 0 ? 258 : 27);
});

/** A value on its scale: -1..1 for signed, 0..1 for sequential. @throws RangeError for NaN or a scale not above 0 */
export function onScale(value: number, options: HeatmapOptions): number {
  if (!(options.scale > 0 && Number.isFinite(options.scale))) {
    throw new RangeError(
      `expected a colour scale above 0, received ${options.scale}; pass the largest value of the run`,
    );
  }
  if (Number.isNaN(value)) throw new RangeError("expected a number to draw, received NaN; check the prediction");
  const low = options.kind === "signed" ? -1 : 0;
  return Math.min(1, Math.max(low, value / options.scale));
}

/** Colour of a value, sRGB 0..255. */
export function colourOf(value: number, options: HeatmapOptions): Rgb {
  const t = onScale(value, options);
  if (options.kind === "signed") return SIGNED[Math.round(((t + 1) / 2) * STEPS)] as Rgb;
  return SEQUENTIAL[Math.round(t * (STEPS - 1))] as Rgb;
}
