/** Feature files on disk as bags. */
import type { Bag, Outcome } from "@nacre/core";
import { readWhole } from "./aside.ts";
import type { BagMeta } from "./meta.ts";
import { parseBag, type ReadBagOptions } from "./parse-bag.ts";

/** Reads a feature file. Fails as parseBag does, and with `missing-file`, `empty-file`, `no-permission` or `unreadable-file`. */
export async function readBag(
  path: string,
  options: ReadBagOptions = {},
): Promise<Outcome<Bag & { readonly meta: BagMeta }>> {
  const bytes = await readWhole(path);
  return bytes.ok ? parseBag(bytes.value, path, options) : bytes;
}
