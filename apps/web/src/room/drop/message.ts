/** What the drop zone asks its worker and what the worker answers. Frames: x, y in level-0 pixels. */
import type { Failure } from "@nacre/core";

export type DropAsk =
  /** Opens a slide, finds its tissue. Everything is asked of what was opened last. */
  | { readonly kind: "slide"; readonly files: readonly File[]; readonly mpp: number | null }
  | { readonly kind: "model"; readonly file: File }
  /** Lays tiles as the model wants them, encodes them, and has the model answer. */
  | { readonly kind: "answer"; readonly wasm: string; readonly cores: number };

/** What is being done; `total` 0 where nothing is counted. */
export interface Stage {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** RGBA pixels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export interface Opened {
  readonly kind: "opened";
  readonly name: string;
  readonly format: string;
  readonly reader: string;
  readonly width: number;
  readonly height: number;
  readonly mpp: number;
  readonly isSynthetic: boolean;
  readonly warnings: readonly string[];
  readonly tissueMm2: number;
  /** Shares of the slide, 0..1. */
  readonly tissueShare: number;
  readonly penShare: number;
  readonly thumbnail: Picture;
  /** Level-0 pixels per thumbnail pixel. */
  readonly downsample: number;
}

export interface ModelRead {
  readonly kind: "model";
  readonly name: string;
  readonly task: string;
  readonly space: string;
  readonly aggregator: string;
  readonly members: number;
  /** Whether a program drew slides it was fitted on; null: its file does not say. */
  readonly isSynthetic: boolean | null;
}

/** One way to colour the tiles. */
export interface Layer {
  readonly key: "attention" | "evidence";
  readonly title: string;
  /** What a colour means, and what the ends of the scale are. */
  readonly meaning: string;
  /** CSS colours from the low to the high end. */
  readonly legend: readonly string[];
  readonly low: string;
  readonly high: string;
  /** [3n], 0..255. */
  readonly rgb: Uint8Array;
  /** [n], 0..1: how strongly a tile is coloured. */
  readonly strength: Float32Array;
}

export interface TopTile {
  readonly x: number;
  readonly y: number;
  /** In words. */
  readonly weight: string;
  readonly picture: Picture;
}

export interface Answered {
  readonly kind: "answered";
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** Side of a tile, level-0 pixels. */
  readonly side: number;
  readonly tiles: { readonly mpp: number; readonly size: number };
  /** Answers in words and numbers; a share has the range 0 to 1. */
  readonly answers: readonly { readonly name: string; readonly value: number; readonly isShare: boolean }[];
  readonly layers: readonly Layer[];
  readonly top: readonly TopTile[];
  readonly seconds: number;
}

export type DropReply =
  | { readonly kind: "stage"; readonly stage: string; readonly done: number; readonly total: number }
  | Opened
  | ModelRead
  | Answered
  | { readonly kind: "failure"; readonly of: DropAsk["kind"]; readonly failure: Failure };
