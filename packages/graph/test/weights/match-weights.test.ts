import { describeFailure, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import type { WeightArchive } from "../../src/weights/archive.ts";
import { matchWeights, type WeightSpec } from "../../src/weights/match-weights.ts";
import { readWeights } from "../../src/weights/read-weights.ts";
import { writeSafetensors } from "../../src/weights/safetensors.ts";
import { unwrapStateDict } from "../../src/weights/state-dict.ts";
import { goldenFile } from "./golden.ts";

function archiveOf(weights: Record<string, readonly number[][]>): WeightArchive {
  const tensors = Object.entries(weights).map(([name, [shape = [], values = []]]) => [
    name,
    { shape, values: Float32Array.from(values) },
  ]);
  return unwrap(readWeights(writeSafetensors(Object.fromEntries(tensors)), "x"));
}

const linear = archiveOf({
  "fc.weight": [
    [2, 3],
    [1, 2, 3, 4, 5, 6],
  ],
  "fc.bias": [
    [1, 2],
    [7, 8],
  ],
});
const specs: WeightSpec[] = [
  { name: "trunk", shape: [3, 2], from: ["old.weight", "fc.weight"], transpose: true },
  { name: "trunkBias", shape: [2], from: "fc.bias", shapeInFile: [1, 2] },
];

describe("matching weights", () => {
  it("renames, transposes and lays out as our model wants", () => {
    expect(unwrap(matchWeights(linear, specs))).toEqual({
      trunk: Float32Array.of(1, 4, 2, 5, 3, 6),
      trunkBias: Float32Array.of(7, 8),
    });
  });

  it("says in one sentence what is missing, left over and of another shape", () => {
    const archive = archiveOf({
      "fc.weight": [
        [3, 2],
        [1, 2, 3, 4, 5, 6],
      ],
      "head.weight": [[1], [0]],
    });
    const outcome = matchWeights(archive, specs);
    expect(outcome.ok ? "" : describeFailure(outcome.failure)).toMatchInlineSnapshot(
      `"bad-weights: expected the 2 weights of this model; received keys missing: fc.bias; left over: head.weight; of another shape: fc.weight [3, 2] instead of [2, 3]. Check that the file is a checkpoint of this model, made with the same settings (width, classes, layers)."`,
    );
  });

  it("passes over what it is told to ignore, by name or by beginning", () => {
    const archive = archiveOf({ a: [[1], [1]], steps: [[1], [9]], "aux.a": [[1], [2]], "aux.b": [[1], [2]] });
    const only: WeightSpec[] = [{ name: "a", shape: [1], from: "a" }];
    expect(matchWeights(archive, only, { ignore: ["steps", "aux."] }).ok).toBe(true);
    expect(matchWeights(archive, only, { ignore: ["aux"] }).ok).toBe(false);
  });

  it("refuses weights that are no numbers", () => {
    const outcome = matchWeights(archiveOf({ a: [[2], [1, Number.NaN]] }), [{ name: "a", shape: [2], from: "a" }]);
    expect(outcome.ok ? "" : outcome.failure.kind).toBe("not-finite");
  });
});

describe("the state dict of a checkpoint", () => {
  const checkpoint = unwrap(readWeights(goldenFile("checkpoint.zip.pt"), "checkpoint.zip.pt"));

  it("is found among an optimiser's tensors and rid of what wrappers put before its names", () => {
    const { tensors, stripped } = unwrap(unwrapStateDict(checkpoint));
    expect(stripped).toEqual(["model.", "module."]);
    expect([...tensors.keys()]).toEqual([
      ...["encoder.weight", "encoder.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"],
      ...["norm.num_batches_tracked", "head.weight", "head.bias"],
    ]);
  });

  it("is the file itself where nothing lies around it", () => {
    expect(unwrap(unwrapStateDict(linear))).toEqual({ tensors: linear.tensors, stripped: [] });
    const views = unwrap(readWeights(goldenFile("views.zip.pt"), "views"));
    expect(unwrap(unwrapStateDict(views)).tensors.size).toBe(views.tensors.size);
  });

  it("keeps a layer that happens to be called as a wrapper", () => {
    const archive = archiveOf({ "model.a": [[1], [1]], "head.a": [[1], [2]] });
    expect(unwrap(unwrapStateDict(archive)).stripped).toEqual([]);
  });

  it("is asked for by name where several could be meant", () => {
    const [a, b] = [linear.tensors.get("fc.weight"), linear.tensors.get("fc.bias")];
    if (a === undefined || b === undefined) throw new Error("two tensors");
    const archive: WeightArchive = {
      ...linear,
      tensors: new Map([
        ["student.a", a],
        ["teacher.a", b],
      ]),
      groups: ["student", "teacher"],
    };
    const unsure = unwrapStateDict(archive);
    expect(unsure.ok ? "" : unsure.failure.received).toBe("student, teacher");
    expect(unwrap(unwrapStateDict(archive, { group: "teacher" })).tensors.get("a")).toBe(b);
    expect(unwrapStateDict(archive, { group: "ema" }).ok).toBe(false);
  });
});
