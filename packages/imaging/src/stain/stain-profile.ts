/**
 * What is known of how a slide, or a reference, is stained. A profile is plain numbers: it goes into JSON, and a feature file
 * can say which one was applied. The directions of the two dyes and how strong they are (`dyes`), or the mean and deviation of
 * the colours (`reinhard`).
 */
import type { Failure } from "@nacre/core";
import type { Raster } from "../slide/slide.ts";
import type { Triple } from "./optical-density.ts";

export type StainMethod = "macenko" | "vahadane" | "reinhard";

export interface DyeProfile {
  readonly method: "macenko" | "vahadane";
  /** Unit directions of optical density: red, green, blue. */
  readonly haematoxylin: Triple;
  readonly eosin: Triple;
  /** 99th percentiles of the amounts of both dyes. */
  readonly strength: readonly [haematoxylin: number, eosin: number];
  /** Grey of bare glass that densities were taken against. */
  readonly white: Triple;
}

export interface ColourProfile {
  readonly method: "reinhard";
  /** Of the stained pixels in the three opponent channels of Ruderman 1998. */
  readonly mean: Triple;
  readonly deviation: Triple;
  readonly white: Triple;
}

export type StainProfile = DyeProfile | ColourProfile;

export interface StainFitOptions {
  /** Grey of bare glass, 0..255 a channel. Default 255. */
  readonly white?: Triple;
  /** Optical density that every channel of a stained pixel has. Default 0.15 (Macenko 2009, "beta"). */
  readonly minDensity?: number;
}

/** What was done to pixels: a value for provenance. `none` where they were left as they came, and why. */
export type StainApplied =
  | { readonly method: StainMethod; readonly from: StainProfile; readonly to: StainProfile }
  | { readonly method: "hed-jitter"; readonly seed: number; readonly scale: Triple; readonly shift: Triple }
  | { readonly method: "none"; readonly why: Failure };

/** Pixels and what was done to them. */
export interface Stained {
  readonly raster: Raster;
  readonly applied: StainApplied;
}

/** Published defaults. */
export const MIN_DENSITY = 0.15;
/** Fewer stained pixels than this say nothing of a stain. */
export const MIN_PIXELS = 100;
