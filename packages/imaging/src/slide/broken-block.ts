/** The one failure of a block that does not decode: it names its place, and leaves the rest of the slide alone. */
import { raise } from "@nacre/core";
import type { Level } from "./slide.ts";

/** @throws FailureError broken-tile */
export function brokenBlock(
  name: string,
  level: Pick<Level, "index">,
  { column, row }: { readonly column: number; readonly row: number },
  cause: unknown,
): never {
  const place = `block ${column}, ${row} of level ${level.index} in ${name}`;
  return raise("broken-tile", {
    expected: `pixels in ${place}`,
    received: cause instanceof Error ? cause.message : String(cause),
    remedy: "fetch the slide again; other regions of it can still be read",
  });
}
