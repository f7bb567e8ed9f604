/** What the service and its child process say to one another: plain values. */
import type { Failure } from "@nacre/core";

/** A child does one thing and ends. */
export type ChildJob =
  | { readonly kind: "run"; readonly out: string }
  /** The board of a folder that holds runs. */
  | { readonly kind: "board"; readonly folder: string };

export type ChildSays =
  | { readonly kind: "begin"; readonly title: string; readonly total: number }
  | { readonly kind: "advance"; readonly done: number; readonly note: string | null }
  | { readonly kind: "said"; readonly text: string }
  | { readonly kind: "slide"; readonly slide: string; readonly state: string; readonly failure: Failure | null }
  | {
      readonly kind: "loss";
      readonly fold: number;
      readonly epoch: number;
      readonly train: number;
      readonly tune: number | null;
    }
  | { readonly kind: "ended"; readonly failure: Failure | null };

/** The one word to a child: leave in order. */
export const STOP = "stop";
