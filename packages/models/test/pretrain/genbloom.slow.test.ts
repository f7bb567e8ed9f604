/** The numbers of docs/methods/genbloom.md: both stages on planted bags, beside the mean of the tiles. Runs where NACRE_SLOW is set, and prints. */
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
  pretrainOnSubBags,
} from "../../src/index.ts";
import { type RareCells, rareCells } from "./rare-cells.ts";

const PLANTED = { d: 8, tiles: 40, share: 0.05, distance: 6 };
const aggregator = { name: "genbloom", heads: 2, headWidth: 8, layers: 1, ratio: 2, layerScale: 0.1 };
const [train, tune, test] = [1, 2, 3].map((seed) => rareCells({ ...PLANTED, count: seed === 1 ? 128 : 100, seed })) as [
  RareCells,
  RareCells,
  RareCells,
];

describe.skipIf(process.env.NACRE_SLOW === undefined)("both stages of GenBloom on planted bags", () => {
  it("are told beside the mean of the tiles", { timeout: 600_000 }, async () => {
    const shared = { aggregator, bags: bagsInMemory(train.bags), openSession };
    const ids = [...train.bags.keys()];
    const small = {
      local: 4,
      perceptron: 32,
      bottleneck: 16,
      prototypes: 64,
      lr: 2e-3,
      teacherMomentum: 0.98,
      seed: 4,
    };
    const still = { epochs: 1, lr: 1e-12, seed: 4 };
    const learn = (options: object, from?: Pretrained) =>
      pretrainOnProfiles({
        ...shared,
        profiles: [
          { name: "karyotype", columns: ["a", "b"] },
          { name: "mutations", columns: ["c"] },
        ],
        bagged: train.profiled,
        options,
        ...(from === undefined ? {} : { from }),
      });
    const fresh = unwrap(await learn(still));
    const one = unwrap(await pretrainOnSubBags({ ...shared, ids, options: { ...small, epochs: 12 } }));
    const two = unwrap(await learn({ epochs: 25, lr: 3e-3, seed: 4 }, one));
    const alone = unwrap(await learn({ epochs: 25, lr: 3e-3, seed: 4 }));
    const by =
      (made: Pretrained) =>
      async ({ bags }: RareCells) =>
        unwrap(await embedBags(made, { bags: bagsInMemory(bags), ids: [...bags.keys()], openSession }));
    const rows = [
      ["mean of the tiles", await tell(async ({ bags }) => unwrap(meanEmbeddings([...bags.values()])))],
      ["fresh weights", await tell(by(fresh))],
      ["stage one", await tell(by(one))],
      ["stage one, then two", await tell(by(two))],
      ["stage two alone", await tell(by(alone))],
    ] as const;
    console.log(`information by epoch of stage one: ${one.information.map((value) => value.toFixed(2)).join(" ")}`);
    for (const [name, told] of rows) console.log(name, told.map((value) => value.toFixed(2)).join(" | "));
    expect(rows.every(([, told]) => told.every(Number.isFinite))).toBe(true);
  });
});

/** Accuracy of five neighbours and of a linear probe: mean over the three entries of the profile, then on the label that is not genetic. */
async function tell(embed: (part: RareCells) => Promise<Embeddings>): Promise<number[]> {
  const [known, chosenBy, asked] = [await embed(train), await embed(tune), await embed(test)];
  const labels = ({ profiled, firstKind }: RareCells, entry: number) =>
    entry < 3 ? profiled.map(({ profiles }) => profiles.flat()[entry] as number) : firstKind;
  const told: number[] = [];
  for (const spec of [{ name: "knn", neighbours: 5 }, { name: "linear" }]) {
    const right = [0, 1, 2, 3].map((entry) => {
      const part = (embeddings: Embeddings, of: RareCells) =>
        ({ embeddings, labels: { kind: "classify", label: labels(of, entry), k: 2 } }) as const;
      const probe = unwrap(unwrap(chooseProbe(spec)).fit(part(known, train), part(chosenBy, tune)));
      const answers = probe.predict(asked);
      const wanted = labels(test, entry);
      const hits = wanted.filter((label, row) => (answers[2 * row + 1] as number) > 0.5 === (label === 1));
      return hits.length / wanted.length;
    });
    told.push((right[0] as number) / 3 + (right[1] as number) / 3 + (right[2] as number) / 3, right[3] as number);
  }
  return told;
}
