/** Where bags come from. The fit asks for one bag at a time, so that a cohort need not lie in memory. */
import { type Bag, fail, type Outcome, ok } from "@nacre/core";

export interface BagSource {
  /** Every bag that can be asked for. */
  readonly ids: readonly string[];
  load(id: string): Promise<Outcome<Bag>>;
}

/** Bags that already lie in memory. */
export function bagsInMemory(bags: ReadonlyMap<string, Bag>): BagSource {
  return {
    ids: [...bags.keys()],
    async load(id) {
      const bag = bags.get(id);
      if (bag !== undefined) return ok(bag);
      return fail("empty-bag", {
        expected: "features for every bag of the split",
        received: `none for ${id}`,
        remedy: "encode it, or take it out of the cohort",
      });
    },
  };
}

/** The same source with the first bags that fit into `maxBytes` of features kept in memory; the rest is loaded each time. */
export function keptInMemory(source: BagSource, maxBytes: number): BagSource {
  const kept = new Map<string, Bag>();
  let bytes = 0;
  return {
    ids: source.ids,
    async load(id) {
      const known = kept.get(id);
      if (known !== undefined) return ok(known);
      const loaded = await source.load(id);
      if (loaded.ok && bytes + loaded.value.features.byteLength <= maxBytes) {
        bytes += loaded.value.features.byteLength;
        kept.set(id, loaded.value);
      }
      return loaded;
    },
  };
}
