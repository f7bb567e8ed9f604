/** What only TOAD and CHIEF have: a branch of attention for each task, and an organ that is added to the embedding. */
import { readFileSync } from "node:fs";
import { type MultitaskTask, randomStream, unwrap } from "@nacre/core";
import { encodeModel, type TensorData } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { archiveOf } from "../../src/checkpoint/nested.ts";
import { PLAIN_LOSS } from "../../src/head/head.ts";
import { headOf } from "../../src/head/registry.ts";
import { checkpointOf, fit, importCheckpoint, predict } from "../../src/index.ts";
import { encodeFitted } from "../../src/model/encode-fitted.ts";
import { initialise } from "../../src/train/initialise.ts";
import { gradientsOf, type ModelDesign, weightInputs, weightSpecs } from "../../src/train/program.ts";
import { lossOf } from "../../src/train/step-graph.ts";
import { classesOf, classifyDesign, infoOf } from "../design.ts";
import { relativeError } from "../golden.ts";
import { noiseBag, plantBags } from "../planted-bags.ts";

type Nested = readonly (number | Nested)[];
interface ModelCase {
  readonly name: string;
  readonly weights: Readonly<Record<string, Nested>>;
  readonly bags: readonly {
    readonly x: readonly (readonly number[])[];
    readonly beside: number;
    readonly labels: readonly number[];
    readonly loss: number;
    readonly gradients: Readonly<Record<string, Nested>>;
  }[];
}

const file = new URL("../golden/heads-models.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly ModelCase[] };

describe.each(cases)("$name", ({ name, weights, bags }) => {
  it("has the loss and the gradients of PyTorch in double precision, under the key map of its checkpoints", async () => {
    const checkpoint = unwrap(checkpointOf(name));
    const { design, weights: values } = unwrap(await importCheckpoint(checkpoint, archiveOf(weights)));
    const nodes = weightInputs(design);
    const { loss } = lossOf(design, nodes);
    const slopes = gradientsOf(loss, nodes);
    const outputs = Object.fromEntries([...slopes].map(([weight, slope]) => [`${weight}.slope`, slope]));
    const session = await openSession(encodeModel({ outputs: { loss, ...outputs } }));
    for (const { x, beside, labels, loss: expected, gradients } of bags) {
      const covariates = name === "toad" ? [beside] : Array.from({ length: 3 }, (_, o) => (o === beside ? 1 : 0));
      const target = new Float32Array(design.head.t);
      design.head.encode(name === "toad" ? labels : (labels[0] as number), target);
      const feeds: Record<string, TensorData> = {
        features: { data: Float32Array.from(x.flat()), dims: [x.length, design.d] },
        covariates: { data: Float32Array.from(covariates), dims: [1, covariates.length] },
        target: { data: target, dims: [1, design.head.t] },
      };
      for (const { name: weight, shape } of weightSpecs(design)) {
        feeds[weight] = { data: values[weight] as Float32Array<ArrayBuffer>, dims: shape };
      }
      const out = await session.run(feeds);
      expect(relativeError(out.loss?.data as Float32Array, [expected])).toBeLessThan(5e-6);
      const wanted = unwrap(await importCheckpoint(checkpoint, archiveOf({ ...weights, ...gradients }))).weights;
      for (const { name: weight } of weightSpecs(design)) {
        const slope = out[`${weight}.slope`]?.data as Float32Array;
        expect(relativeError(slope, Array.from(wanted[weight] as Float32Array)), weight).toBeLessThan(5e-6);
      }
    }
    await session.close();
  });
});

const two: MultitaskTask = {
  kind: "multitask",
  tasks: [
    { name: "origin", weight: 0.75, task: classesOf(3) },
    { name: "site", weight: 0.25, task: classesOf(2) },
  ],
};

describe("toad", () => {
  it("gives every task a branch of its own: what one task learns moves the scores of no other", async () => {
    const design = toadDesign();
    const weights = initialise(weightSpecs(design), 4);
    const bag = noiseBag(20, 8, randomStream(5));
    const answers = async (changed: typeof weights) => {
      const session = await openSession(encodeFitted(design, changed, infoOf(design)));
      const found = unwrap(await predict(session, bag, { covariates: [1] }));
      await session.close();
      return found;
    };
    const column = (at: number) =>
      Float32Array.from(weights["gate.score.weight"] as Float32Array, (v, i) => (i % 2 === at ? -v : v));
    const plain = await answers(weights);
    const moved = await answers({ ...weights, "gate.score.weight": column(1) });
    expect(moved.logits.slice(0, 3)).toEqual(plain.logits.slice(0, 3));
    expect(moved.logits.slice(3)).not.toEqual(plain.logits.slice(3));
    for (const [c, logit] of plain.logits.entries()) {
      const tiles = plain.contribution.filter((_, i) => i % 5 === c).reduce((sum, v) => sum + v, 0);
      expect(Math.abs(tiles + (plain.bias[c] as number) - logit)).toBeLessThan(1e-5);
    }
  });

  it("has the size that the paper's layers add up to: 18 origins, two sites, sex, 1,024 features", () => {
    const design = toadDesign({ d: 1024, origins: 18, hidden: 512, attention: 384 });
    const size = weightSpecs(design).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    const gate = 2 * (512 * 384 + 384) + 2 * 384;
    expect(size).toBe(1024 * 512 + 512 + 512 * 512 + 512 + gate + 513 * 20 + 20);
  });

  it("learns two questions and the sex beside the tiles from one bag", async () => {
    const planted = plantBags({ bags: 60, d: 6, tiles: [10, 30], share: 0.2, distance: 3, seed: 9 });
    const labelled = planted.labelled.map(({ id, label }, i) => {
      const sex = Math.floor(i / 2) % 2;
      return { id, label: [i % 7 === 0 ? null : label, sex], covariates: [sex] };
    });
    const task: MultitaskTask = {
      kind: "multitask",
      tasks: [
        { name: "origin", weight: 0.75, task: classesOf(2) },
        { name: "site", weight: 0.25, task: classesOf(2) },
      ],
    };
    const model = unwrap(
      await fit({
        task,
        aggregator: { name: "toad", hidden: 16, attention: 8 },
        options: { epochs: 12, lr: 1e-2, seed: 1 },
        bags: planted.source,
        train: labelled.slice(0, 40),
        tune: [],
        openSession,
      }),
    );
    const session = await openSession(model.onnx);
    let [origin, site] = [0, 0];
    for (const { id, covariates } of labelled.slice(40)) {
      const place = Number(id.replace("bag-", ""));
      const { answers } = unwrap(await predict(session, unwrap(await planted.source.load(id)), { covariates }));
      origin += Math.round(answers["origin.probabilities"]?.[1] ?? -1) === place % 2 ? 1 : 0;
      site += Math.round(answers["site.probabilities"]?.[1] ?? -1) === covariates[0] ? 1 : 0;
    }
    await session.close();
    expect(Math.min(origin, site)).toBeGreaterThan(17);
  });
});

describe("chief", () => {
  it.each([true, false])(
    "adds what the organ brings to the embedding alone, and no tile brings it (table %s)",
    async (table) => {
      const spec = { name: "chief", hidden: 6, attention: 4, prompt: 5, table };
      const design = classifyDesign(spec, { d: 8, k: 3, covariates: 4 });
      const names = weightSpecs(design).map(({ name }) => name);
      expect(names.includes("organ.table")).toBe(table);
      expect(names).not.toContain("head.covariate");
      const weights = initialise(weightSpecs(design), 4);
      const session = await openSession(encodeFitted(design, weights, infoOf(design)));
      const bag = noiseBag(20, 8, randomStream(5));
      const answer = async (organ: number) =>
        unwrap(await predict(session, bag, { covariates: [0, 1, 2, 3].map((o) => (o === organ ? 1 : 0)) }));
      const [lung, skin] = [await answer(0), await answer(3)];
      await session.close();
      expect(skin.attention).toEqual(lung.attention);
      expect(skin.contribution).toEqual(lung.contribution);
      expect(skin.embedding).not.toEqual(lung.embedding);
      for (const [c, logit] of skin.logits.entries()) {
        const tiles = skin.contribution.filter((_, i) => i % 3 === c).reduce((sum, v) => sum + v, 0);
        expect(Math.abs(tiles + (skin.bias[c] as number) - logit)).toBeLessThan(1e-5);
      }
    },
  );

  it("has the 657,667 numbers of the published survival checkpoint, less the offset of the attention score", () => {
    const design = classifyDesign({ name: "chief" }, { d: 768, k: 2 });
    const size = weightSpecs(design).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(size).toBe(657_667 - 1);
  });
});

function toadDesign({ d = 8, origins = 3, hidden = 6, attention = 4 } = {}): ModelDesign {
  const plain = classifyDesign({ name: "toad", hidden, attention }, { d, k: 2, covariates: 1 });
  const task: MultitaskTask = {
    ...two,
    tasks: [{ name: "origin", weight: 0.75, task: classesOf(origins) }, ...two.tasks.slice(1)],
  };
  const facts = { tasks: [{ counts: new Array<number>(origins).fill(1) }, { counts: [1, 1] }] };
  return { ...plain, task, head: headOf(task, facts, PLAIN_LOSS) };
}
