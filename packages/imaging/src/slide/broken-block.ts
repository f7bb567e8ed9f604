/** The one failure of a block that does not decode: it names its place, and leaves the rest of the slide alone. */
import { raise } from "@nacre/core";
import type { BlockLevel } from "./block-level.ts";

/** @throws FailureError broken-tile */
export function brokenBlock(
  name: string,
  level: Pick<BlockLevel, "index" | "ofLevel">,
  { column, row }: { readonly column: number; readonly row: number },
  cause: unknown,
): never {
  const place = `block ${column}, ${row} of level ${level.ofLevel ?? level.index} in ${name}`;
  return raise("broken-tile", {
    expected: `pixels in ${place}`,
    received: cause instanceof Error ? cause.message : String(cause),
    remedy: "fetch the slide again; other regions of it can still be read",
  });
}

/** Some Aperio scanners fill the place of a block they never scanned with bytes of 0x11. */
export function isFiller(bytes: Uint8Array): boolean {
  return bytes[0] === 0x11 && bytes[1] === 0x11 && bytes.every((byte) => byte === 0x11);
}
