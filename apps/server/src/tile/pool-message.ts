/** What the pool and its threads say to each other: one request at a time, one answer each. */
import type { Failure } from "@nacre/core";
import type { Plane, SlideInfo, Tissue } from "@nacre/imaging";
import type { Picture, RegionRequest, TileRequest } from "./slide-pool.ts";

/** A file as it is now: under another stamp it is opened anew. */
export interface SlideFile {
  readonly file: string;
  readonly stamp: string;
}

export type Work = SlideFile &
  (
    | { readonly kind: "info" }
    | { readonly kind: "tissue" }
    | {
        readonly kind: "tile";
        readonly request: TileRequest;
        readonly plane: Partial<Plane> | null;
        readonly format: Format;
      }
    | {
        readonly kind: "region";
        readonly request: RegionRequest;
        readonly plane: Partial<Plane> | null;
        readonly format: Format;
      }
    | { readonly kind: "pixels"; readonly request: RegionRequest }
  );

/** null: JPEG, or PNG where samples are shown through a window. */
export type Format = "jpeg" | "png" | null;

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface Done {
  readonly info: SlideInfo;
  readonly tissue: Tissue;
  readonly tile: Picture | null;
  readonly region: Picture;
  readonly pixels: Pixels;
}

export type ToThread =
  | { readonly kind: "work"; readonly id: number; readonly work: Work }
  | { readonly kind: "stop"; readonly id: number };

export type FromThread =
  | {
      readonly kind: "done";
      readonly id: number;
      readonly value: Done[keyof Done];
      readonly open: OpenFiles;
      /** How long it took. */
      readonly ms: number;
    }
  | { readonly kind: "failed"; readonly id: number; readonly failure: Failure; readonly open: OpenFiles };

/** Files that a thread has open; null: the same as before. */
export type OpenFiles = readonly string[] | null;
