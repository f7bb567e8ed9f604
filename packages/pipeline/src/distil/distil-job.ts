/** What a distillation worker is told and what it answers. */
import type { Distilled } from "@nacre/models";

export interface DistilJob {
  /** Tile images, in order. */
  readonly files: readonly string[];
  readonly size: number;
  /** Names or folders of encoders, and the share of each in the loss. */
  readonly teachers: readonly { readonly encoder: string; readonly weight: number }[];
  readonly options: Readonly<Record<string, number | boolean>>;
}

export interface DistilAnswer extends Distilled {
  readonly teachers: readonly {
    readonly name: string;
    readonly space: string;
    readonly licence: string;
    readonly mpp: number | null;
  }[];
}

/** A line of the watcher: tiles that a teacher has seen, or an epoch. */
export type DistilProgress =
  | { readonly kind: "teacher"; readonly name: string; readonly tiles: number }
  | { readonly kind: "epoch"; readonly epoch: number; readonly loss: number };
