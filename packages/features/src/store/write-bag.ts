/** Bags to feature files on disk. */
import type { Bag, Outcome } from "@nacre/core";
import { writeAside } from "./aside.ts";
import { composeBag } from "./compose-bag.ts";
import type { BagNotes } from "./meta.ts";

/** Writes a bag. Fails with `disk-full`, `no-permission` or `missing-file` (folder); then `path` is as it was before. */
export async function writeBag(path: string, bag: Bag, notes: BagNotes): Promise<Outcome<void>> {
  return writeAside(path, await composeBag(bag, notes));
}
