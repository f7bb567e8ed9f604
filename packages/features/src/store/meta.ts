/** What a feature file says besides the numbers. */

/** Whose way of laying out the file it is. "nacre" is TRIDENT's with a few attributes more. */
export type StoreLayout = "nacre" | "trident" | "clam" | "stamp";

/**
 * What x and y of the bag mean: level-0 pixels; micrometres rounded to whole ones (STAMP, when the level-0 scale was not given);
 * or nothing (the file holds no places, x is the row's number and y is 0).
 */
export type PlaceFrame = "level-0" | "micrometres" | "index";

export interface BagMeta {
  readonly layout: StoreLayout;
  readonly frame: PlaceFrame;
  /** The slide's id, where the file gives it. */
  readonly name: string | null;
  readonly encoder: string | null;
  /** Tiles: micrometres per pixel, side in pixels at that scale, overlap in the same pixels. */
  readonly mpp: number | null;
  readonly size: number | null;
  readonly overlap: number | null;
  /** Smallest distance between two tiles on one axis, in the frame of x and y; null with one tile or no places. */
  readonly stride: number | null;
  /** The slide in level-0 pixels. */
  readonly width: number | null;
  readonly height: number | null;
  /** Hash of everything the features depend on; null in files of others. */
  readonly key: string | null;
  /** The JPEG decoder that made the pixels: features of two decoders are close, not equal. */
  readonly decoder: string | null;
  /** What was done to the colours before encoding: an ICC profile applied or not, the window of deeper samples. */
  readonly colour: string | null;
  /** The stain that was moved: method, reference, profile of the slide and of the reference, as JSON; null where it was left. */
  readonly stain: string | null;
  /** Share of tissue in each tile, [n]. */
  readonly tissue: Float32Array | null;
}

/** What a writer knows. All of it is optional but the name: a field left out is an attribute left out. */
export interface BagNotes {
  readonly name: string;
  readonly encoder?: string;
  readonly mpp?: number;
  readonly size?: number;
  readonly overlap?: number;
  readonly width?: number;
  readonly height?: number;
  /** Nominal objective power of level 0; derived from the scale when absent. */
  readonly objective?: number | null;
  readonly key?: string;
  readonly decoder?: string;
  readonly colour?: string;
  readonly stain?: string;
  readonly tissue?: Float32Array;
}
