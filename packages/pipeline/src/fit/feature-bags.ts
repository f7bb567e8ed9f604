/** Bags read from feature files, joined where a bag holds several slides. Handed to the models, which never see a file. */
import { type Bag, checkBag, fail, type Outcome, ok } from "@nacre/core";
import { readBag } from "@nacre/features/node";
import type { BagSource } from "@nacre/models";

/** `files`: the feature files of each bag, in order. */
export function featureBags(files: Readonly<Record<string, readonly string[]>>): BagSource {
  return {
    ids: Object.keys(files),
    async load(id) {
      const paths = files[id];
      if (paths === undefined) throw new RangeError(`expected a bag of this study, received ${id}`);
      const bags: Bag[] = [];
      for (const path of paths) {
        const bag = await readBag(path);
        if (!bag.ok) return bag;
        const checked = checkBag(bag.value, path);
        if (!checked.ok) return checked;
        bags.push(bag.value);
      }
      return joinBags(bags, id);
    },
  };
}

/** One bag with the tiles of all, in order. Fails with dimension-mismatch where their features differ in number. */
export function joinBags(bags: readonly Bag[], id: string): Outcome<Bag> {
  const first = bags[0];
  if (first === undefined) throw new RangeError(`expected at least one slide in bag ${id}, received none`);
  if (bags.length === 1) return ok(first);
  const other = bags.find((b) => b.d !== first.d);
  if (other !== undefined) {
    return fail("dimension-mismatch", {
      expected: `${first.d} features a tile in every slide of ${id}`,
      received: `${other.d}`,
      remedy: "encode all slides with the same encoder",
    });
  }
  const n = bags.reduce((sum, b) => sum + b.n, 0);
  const features = new Float32Array(n * first.d);
  const x = new Int32Array(n);
  const y = new Int32Array(n);
  let at = 0;
  for (const bag of bags) {
    features.set(bag.features, at * first.d);
    x.set(bag.x, at);
    y.set(bag.y, at);
    at += bag.n;
  }
  return ok({ features, n, d: first.d, x, y, side: first.side, space: first.space });
}
