import { type ClassifyTask, unwrap } from "@nacre/core";
import { readWeights } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import {
  type FirstWeights,
  type FitRequest,
  firstWeightsOf,
  fit,
  predict,
  pretrainOnMaskedTiles,
  writeFirstWeights,
} from "../../src/index.ts";
import { encodeFitted } from "../../src/model/encode-fitted.ts";
import { matchFirstWeights } from "../../src/train/first-weights.ts";
import { initialise } from "../../src/train/initialise.ts";
import { type ModelDesign, weightSpecs } from "../../src/train/program.ts";
import { identityStandardisation } from "../../src/train/standardise.ts";
import { classifyDesign, infoOf } from "../design.ts";
import { plantBags } from "../planted-bags.ts";

const task: ClassifyTask = { kind: "classify", label: "y", classes: ["a", "b"], positive: "a" };
const planted = plantBags({ bags: 12, d: 4, tiles: [6, 12], share: 0.4, distance: 2, seed: 6 });
const SMALL = { width: 16, layers: 2, layer: 2, heads: 4, ffn: 24, segment2: 0, segment3: 0, segment4: 0, segment5: 0 };
const abmil = { name: "abmil", hidden: 5, attention: 3 };
const design = classifyDesign(abmil, { d: 4, k: 2 });

/** A fit whose steps are too small to move a float32: what it began with is what it keeps. */
function still(aggregator: FitRequest["aggregator"], from?: FirstWeights) {
  return fit({
    task,
    aggregator,
    options: { epochs: 1, lr: 1e-30, weightDecay: 0, seed: 3 },
    bags: planted.source,
    train: planted.labelled,
    tune: [],
    openSession,
    ...(from === undefined ? {} : { from }),
  });
}

async function embeddingOf(onnx: Uint8Array): Promise<Float32Array> {
  const session = await openSession(onnx);
  const bag = unwrap(await planted.source.load(planted.labelled[0]?.id ?? ""));
  const { embedding } = unwrap(await predict(session, bag));
  await session.close();
  return embedding;
}

describe("a fit from pretrained weights", () => {
  it("begins with the very embedding of the pretraining, through a file, and names what it drew", async () => {
    const ids = planted.labelled.map(({ id }) => id);
    const options = { epochs: 2, decoderWidth: 16 };
    const pretrained = unwrap(
      await pretrainOnMaskedTiles({ encoder: SMALL, options, bags: planted.source, ids, openSession }),
    );
    const file = writeFirstWeights(pretrained.weights, pretrained.shapes, {
      standardisation: pretrained.standardisation,
    });
    const from = unwrap(firstWeightsOf(unwrap(readWeights(file, "pretrained.safetensors"))));
    const begun = unwrap(await still({ name: "longnet", ...SMALL }, from));
    expect(begun.drawn).toEqual(["outer.norm.weight", "outer.norm.bias", "head.weight", "head.bias"]);
    const own: ModelDesign = {
      ...classifyDesign({ name: "longnet", ...SMALL }, { d: 4, k: 2 }),
      standardisation: pretrained.standardisation,
    };
    const weights = { ...initialise(weightSpecs(own), 3), ...pretrained.weights };
    expect(await embeddingOf(begun.onnx)).toEqual(await embeddingOf(encodeFitted(own, weights, infoOf(own))));
    const fresh = unwrap(await still({ name: "longnet", ...SMALL }));
    expect(fresh.drawn).toBeUndefined();
    expect(await embeddingOf(fresh.onnx)).not.toEqual(await embeddingOf(begun.onnx));
  });

  it("draws what it is not given as a fit without it would", async () => {
    const { "head.weight": _, ...given } = initialise(weightSpecs(design), 99);
    const begun = unwrap(await still(abmil, { weights: given }));
    expect(begun.drawn).toEqual(["head.weight"]);
    expect(begun.weights["head.weight"]).toEqual(initialise(weightSpecs(design), 3)["head.weight"]);
    expect(begun.weights["trunk.weight"]).toEqual(given["trunk.weight"]);
  });

  it("is centred and scaled by the standardisation it is given, not by the train part", async () => {
    const weights = initialise(weightSpecs(design), 99);
    const plain = unwrap(await still(abmil, { weights }));
    const given = unwrap(await still(abmil, { weights, standardisation: identityStandardisation(4) }));
    expect(await embeddingOf(given.onnx)).not.toEqual(await embeddingOf(plain.onnx));
    expect(await embeddingOf(given.onnx)).toEqual(await embeddingOf(encodeFitted(design, weights, infoOf(design))));
  });
});

describe("first weights", () => {
  const whole = initialise(weightSpecs(design), 1);

  it.each<[string, FirstWeights, string, RegExp]>([
    [
      "bear a name the model has not",
      { weights: { ...whole, "trunk.wieght": new Float32Array(20) } },
      "bad-weights",
      /left over: trunk.wieght/,
    ],
    [
      "have other numbers than the model",
      { weights: { "trunk.weight": new Float32Array(21) } },
      "bad-weights",
      /\[21\] instead of \[4, 5\]/,
    ],
    ["are none", { weights: {} }, "bad-weights", /none/],
    ["are not finite", { weights: { "trunk.bias": new Float32Array(5).fill(Number.NaN) } }, "not-finite", /NaN/],
    [
      "were learned on other features",
      { weights: whole, standardisation: identityStandardisation(3) },
      "dimension-mismatch",
      /3/,
    ],
  ])("are refused where they %s", (_, from, kind, received) => {
    const matched = matchFirstWeights(from, design);
    expect(matched.ok ? null : matched.failure).toMatchObject({ kind, received: expect.stringMatching(received) });
  });

  it("are refused where a matrix of a file lies on its side, though it has as many numbers", () => {
    const file = writeFirstWeights({ "trunk.weight": new Float32Array(20) }, new Map([["trunk.weight", [5, 4]]]));
    const from = unwrap(firstWeightsOf(unwrap(readWeights(file, "file"))));
    const matched = matchFirstWeights(from, design);
    expect(matched.ok ? "" : matched.failure.received).toContain("trunk.weight [5, 4] instead of [4, 5]");
  });

  it("come out of a file with the standardisation they went in with", () => {
    const standardisation = { mean: Float32Array.of(1, 2, 3, 4), deviation: Float32Array.of(5, 6, 7, 8) };
    const shapes = new Map(weightSpecs(design).map(({ name, shape }) => [name, shape]));
    const read = unwrap(readWeights(writeFirstWeights(whole, shapes, { standardisation }), "file"));
    const from = unwrap(firstWeightsOf(read));
    expect(from.standardisation).toEqual(standardisation);
    expect(unwrap(matchFirstWeights(from, design))).toEqual({ weights: whole, drawn: [] });
    const lame = new Map([...read.tensors].filter(([name]) => name !== "standardisation.mean"));
    expect(firstWeightsOf({ tensors: lame })).toMatchObject({ ok: false, failure: { kind: "bad-weights" } });
  });

  it("do not share memory with the fit that began with them", async () => {
    const before = Float32Array.from(whole["trunk.weight"] ?? []);
    const bags = planted.source;
    const options = { epochs: 1, lr: 0.1, seed: 3 };
    unwrap(
      await fit({
        task,
        aggregator: abmil,
        options,
        bags,
        train: planted.labelled,
        tune: [],
        openSession,
        from: { weights: whole },
      }),
    );
    expect(whole["trunk.weight"]).toEqual(before);
  });
});
