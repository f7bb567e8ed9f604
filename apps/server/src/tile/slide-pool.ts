/** Open slides, read by a few threads: at most a bounded number stay open, the least recently used is closed. */
import type { Outcome } from "@nacre/core";
import type { Plane, SlideInfo, Tissue } from "@nacre/imaging";

export interface TileRequest {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

export interface RegionRequest {
  /** Level-0 pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Size of the answer in pixels. */
  readonly outWidth: number;
  readonly outHeight: number;
}

export interface Picture {
  readonly type: "image/jpeg" | "image/png" | "image/webp";
  readonly bytes: Uint8Array;
  /** True where the bytes are those of the file. */
  readonly isStored: boolean;
}

export interface PictureOptions {
  readonly plane?: Partial<Plane>;
  readonly format?: "jpeg" | "png";
  /** Lower goes later: 0 for what somebody looks at, -1 for what may wait. */
  readonly priority?: number;
  /** Who asks: of those who wait each has a turn. */
  readonly client?: string;
  readonly signal?: AbortSignal;
}

export interface SlidePool {
  /** Facts of a slide file (absolute path), opened if need be. */
  info(file: string): Promise<Outcome<SlideInfo>>;
  /** A stored block: untouched where every browser reads it. Null where the block is missing: background. */
  tile(file: string, request: TileRequest, options?: PictureOptions): Promise<Outcome<Picture | null>>;
  region(file: string, request: RegionRequest, options?: PictureOptions): Promise<Outcome<Picture>>;
  /** Raw RGB of a region, for statistics. */
  pixels(
    file: string,
    request: RegionRequest,
  ): Promise<Outcome<{ readonly width: number; readonly height: number; readonly data: Uint8Array }>>;
  /** Where tissue is on the whole slide. */
  tissue(file: string, options?: PictureOptions): Promise<Outcome<Tissue>>;
  /** Version of the file as it is now: another one is another file, or the same one changed. Null where there is none. */
  version(file: string): Promise<string | null>;
  /** What it is at, for metrics. */
  counts(): PoolCounts;
  close(): Promise<void>;
}

export interface PoolCounts {
  readonly threads: number;
  readonly waiting: number;
  readonly active: number;
  readonly cacheBytes: number;
  readonly cacheHits: number;
  readonly done: number;
  readonly deaths: number;
}
