/** One pass over a slide: a clean copy is written, or the file is only looked at. */
import type { ByteSource } from "../bytes/byte-source.ts";
import type { ByteSink } from "./byte-sink.ts";
import type { DeidReport } from "./report.ts";

export interface DeidPass {
  /** null: nothing is written, the file is looked at. */
  readonly sink: ByteSink | null;
  readonly allowUnknown: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** @throws FailureError refused, hostile-file, truncated-file, unsupported-format, disk-full */
export type PassFile = (source: ByteSource, pass: DeidPass) => Promise<DeidReport>;
