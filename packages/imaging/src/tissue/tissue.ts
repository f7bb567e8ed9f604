/** Where tissue is on a slide: a mask at a coarse work scale, and what was measured while finding it. */
import type { Mpp } from "@nacre/core";

export interface Tissue {
  /** Size of the mask in its own pixels. */
  readonly width: number;
  readonly height: number;
  /** 1 where tissue is, [height, width]. */
  readonly mask: Uint8Array;
  /** Level-0 pixels per mask pixel. */
  readonly downsample: number;
  /** Micrometres per mask pixel. */
  readonly mpp: Mpp;
  /** Share of the slide that is tissue, 0..1. */
  readonly fraction: number;
  readonly areaMm2: number;
  /** Share of the slide under pen marks, 0..1. Pen is never tissue. */
  readonly penFraction: number;
  /** Saturation (0..255) above which a pixel was called tissue. */
  readonly threshold: number;
}

export interface TissueOptions {
  /** Work scale in micrometres per pixel. Finer for images too small for it, coarser above 3 Mpx. Default 8. */
  readonly mpp?: number;
  /** Gaps up to about twice this are closed, micrometres. Default 40. */
  readonly closeMicrons?: number;
  /** Smaller pieces are dust, square millimetres; never more than a fiftieth of the image. Default 0.06. */
  readonly minAreaMm2?: number;
  /** Holes up to this are tissue, square millimetres. Default 0.03. */
  readonly maxHoleMm2?: number;
}
