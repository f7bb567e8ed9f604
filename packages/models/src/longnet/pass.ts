/** What the blocks of a pass through the slide encoder share. */
import type { Session, TensorData } from "@nacre/graph";
import type { LongnetConfig } from "./config.ts";
import type { LongnetOptions } from "./options.ts";
import type { SlideGraphs } from "./slide-graphs.ts";

export type Feeds = Record<string, TensorData>;
export type Sessions = Readonly<Record<keyof SlideGraphs, Session>>;

export interface Pass {
  readonly config: LongnetConfig;
  readonly options: LongnetOptions;
  readonly sessions: Sessions;
  /** Rows of a block. */
  readonly rows: number;
  /** Attention logits in memory at a time. */
  readonly logits: number;
  /** Weights that a session asks for, those of the first layer taken from the layer of this name. */
  weightsOf(session: Session, layer: string): Feeds;
}

/** Runs `work` on `total` rows, `size` at a time. */
export async function inBlocks(
  total: number,
  size: number,
  work: (start: number, count: number) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < total; start += size) await work(start, Math.min(size, total - start));
}
