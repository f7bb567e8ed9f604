import { unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import {
  bagsInMemory,
  chooseProbe,
  type Embeddings,
  embedBags,
  meanEmbeddings,
  type Pretrained,
  pretrainOnProfiles,
} from "../../src/index.ts";
import { type RareCells, rareCells } from "./rare-cells.ts";

const D = 8;
const PLANTED = { d: D, tiles: 40, share: 0.05, distance: 6 };
const aggregator = { name: "genbloom", heads: 2, headWidth: 8, layers: 1, ratio: 2, layerScale: 0.1 };
const profiles = [
  { name: "karyotype", columns: ["a", "b"] },
  { name: "mutations", columns: ["c"] },
];
const pretrain = ({ bags, profiled }: RareCells, epochs: number, more: object = {}) =>
  pretrainOnProfiles({
    aggregator,
    bags: bagsInMemory(bags),
    profiles,
    bagged: profiled,
    openSession,
    options: { epochs, lr: 5e-3, seed: 4 },
    ...more,
  });

/** Share of right answers of five nearest neighbours, over the three entries of the profile. */
async function nearest(parts: readonly RareCells[], embed: (part: RareCells) => Promise<Embeddings>): Promise<number> {
  const [train, test] = parts as [RareCells, RareCells];
  const [known, asked] = [await embed(train), await embed(test)];
  const right = [0, 1, 2].map((entry) => {
    const labels = ({ profiled }: RareCells) => profiled.map((one) => one.profiles.flat()[entry] as number);
    const part = { embeddings: known, labels: { kind: "classify", label: labels(train), k: 2 } } as const;
    const probe = unwrap(unwrap(chooseProbe({ name: "knn", neighbours: 5 })).fit(part, null));
    const answers = probe.predict(asked);
    const wanted = labels(test);
    return (
      wanted.filter((label, row) => (answers[2 * row + 1] as number) > 0.5 === (label === 1)).length / wanted.length
    );
  });
  return right.reduce((a, b) => a + b) / right.length;
}

describe("alignment with profiles", () => {
  it("finds rare cells that the profile depends on: before it, and in the mean of the tiles, neighbours do not", async () => {
    const parts = [rareCells({ ...PLANTED, count: 96, seed: 1 }), rareCells({ ...PLANTED, count: 100, seed: 3 })];
    const embed = (made: Pretrained) => async (part: RareCells) =>
      unwrap(await embedBags(made, { bags: bagsInMemory(part.bags), ids: [...part.bags.keys()], openSession }));
    const [train] = parts as [RareCells, RareCells];
    const fresh = unwrap(await pretrain(train, 1, { options: { epochs: 1, lr: 1e-12, seed: 4 } }));
    const aligned = unwrap(await pretrain(train, 15));
    const before = await nearest(parts, embed(fresh));
    const after = await nearest(parts, embed(aligned));
    const mean = await nearest(parts, async ({ bags }) => unwrap(meanEmbeddings([...bags.values()])));
    expect(before).toBeLessThan(0.7);
    expect(mean).toBeLessThan(0.8);
    expect(after).toBeGreaterThan(Math.max(before, mean) + 0.1);
  });

  it("learns where parts of profiles are not known, and goes on from given weights", async () => {
    const few = rareCells({ ...PLANTED, tiles: 3, count: 7, seed: 1 });
    const profiled = few.profiled.map((one, i) => ({
      ...one,
      profiles: i === 0 ? [[null, null], [null]] : i === 1 ? [[1, null], [null]] : one.profiles,
    })) as RareCells["profiled"];
    const first = unwrap(await pretrain({ ...few, profiled }, 1, { options: { epochs: 1, batch: 2 } }));
    expect(first.losses.every(Number.isFinite)).toBe(true);
    const still = unwrap(await pretrain({ ...few, profiled }, 1, { from: first, options: { epochs: 1, lr: 1e-30 } }));
    expect(still.weights).toEqual(first.weights);
  });

  it("refuses rows of another length, a profile of which nothing is known, weights of another shape, and one bag", async () => {
    const few = rareCells({ ...PLANTED, tiles: 3, count: 4, seed: 1 });
    const kindOf = async (more: object) => {
      const outcome = await pretrain(few, 1, more);
      return outcome.ok ? "" : outcome.failure.kind;
    };
    const { profiled } = few;
    expect(await kindOf({ bagged: profiled.map((one) => ({ ...one, profiles: [[1], [0]] })) })).toBe("bad-table");
    expect(await kindOf({ bagged: profiled.map((one) => ({ ...one, profiles: [[1, 0], [null]] })) })).toBe("too-few");
    expect(await kindOf({ profiles: [] })).toBe("bad-table");
    expect(await kindOf({ from: { weights: { "embed.weight": new Float32Array(3) } } })).toBe("bad-weights");
    expect(await kindOf({ bagged: profiled.slice(0, 1) })).toBe("too-few");
  });
});
