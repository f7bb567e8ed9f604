import { describeFailure, type FailureKind, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { archiveOf } from "../../src/checkpoint/nested.ts";
import {
  checkpointOf,
  checkpoints,
  compareWithOriginal,
  encodeImported,
  importCheckpoint,
  predict,
} from "../../src/index.ts";
import { relativeError } from "../golden.ts";
import { bagOf } from "../planted-bags.ts";
import { type Recorded, recorded } from "./recorded.ts";

const zeros = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => new Array(columns).fill(0));

/** The failure of comparing a changed file, as kind and sentence. */
async function failureOf(method: string, name: string, change: (file: Recorded) => unknown) {
  const result = await compareWithOriginal(unwrap(checkpointOf(method)), change(recorded(name)), openSession);
  return result.ok ? null : { kind: result.failure.kind, sentence: describeFailure(result.failure) };
}

function without(weights: Recorded["weights"], ...keys: string[]): Recorded["weights"] {
  return Object.fromEntries(Object.entries(weights).filter(([key]) => !keys.includes(key)));
}

type Broken = readonly [what: string, method: string, name: string, (file: Recorded) => unknown, FailureKind, RegExp];

const broken: readonly Broken[] = [
  [
    "a key that is missing",
    "clam-sb",
    "clam-sb",
    (file) => ({ ...file, weights: without(file.weights, "attention_net.module.3.attention_b.0.bias") }),
    "bad-weights",
    /missing: attention_net\.3\.attention_b\.0\.bias/,
  ],
  [
    "a key too many",
    "clam-mb",
    "clam-mb",
    (file) => ({ ...file, weights: { ...file.weights, "decoder.weight": zeros(2, 2) } }),
    "bad-weights",
    /left over: decoder\.weight/,
  ],
  [
    "a wrongly shaped array",
    "dsmil",
    "dsmil",
    (file) => ({ ...file, weights: { ...file.weights, "b_classifier.q.2.weight": zeros(5, 4) } }),
    "bad-weights",
    /b_classifier\.q\.2\.weight \[5, 4\] instead of \[5, 5\]/,
  ],
  [
    "an instance head of another width",
    "clam-sb",
    "clam-sb",
    (file) => ({ ...file, weights: { ...file.weights, "instance_classifiers.1.weight": zeros(2, 5) } }),
    "bad-weights",
    /instance_classifiers\.1\.weight of shape \[2, 6\].*\[2, 5\]/,
  ],
  [
    "one instance head too few",
    "clam-sb",
    "clam-sb",
    (file) => ({
      ...file,
      weights: without(file.weights, "instance_classifiers.2.weight", "instance_classifiers.2.bias"),
    }),
    "bad-weights",
    /instance_classifiers/,
  ],
  ["weights of another method", "clam-mb", "dsmil", (file) => file, "bad-model", /weights of clam-mb/],
  ["weights of many branches for one", "clam-sb", "clam-mb", (file) => file, "bad-model", /classifiers\.weight/],
  [
    "two layers that could be the trunk",
    "abmil",
    "abmil",
    (file) => ({ ...file, weights: { ...file.weights, "fc.2.weight": zeros(6, 6), "fc.2.bias": zeros(1, 6)[0] } }),
    "bad-weights",
    /trunk.*feature_extractor_part2\.0 and fc\.2/,
  ],
  [
    "an infinite weight",
    "abmil",
    "abmil",
    (file) => ({ ...file, weights: { ...file.weights, "attention_w.bias": [null] } }),
    "bad-value",
    /attention_w\.bias/,
  ],
  [
    "an answer nobody knows",
    "abmil",
    "abmil",
    (file) => ({ ...file, expected: { saliency: 1 } }),
    "bad-usage",
    /answers of abmil: logits.*received saliency/,
  ],
  [
    "a loss without a label",
    "clam-sb",
    "clam-sb",
    ({ label: _, ...file }) => ({ ...file, expected: { instance_loss: 1 } }),
    "bad-usage",
    /losses need a label/,
  ],
  ["a class there is none of", "clam-sb", "clam-sb", (file) => ({ ...file, label: 3 }), "bad-value", /from 0 to 2/],
  [
    "features of another width",
    "dsmil",
    "dsmil",
    (file) => ({ ...file, x: file.x.map((row) => row.slice(1)) }),
    "dimension-mismatch",
    /6 features a tile/,
  ],
  ["a bag without tiles", "dsmil", "dsmil", (file) => ({ ...file, x: [] }), "empty-bag", /at least one tile/],
  ["ragged lists", "dsmil", "dsmil", (file) => ({ ...file, x: [[1, 2], [1]] }), "bad-value", /equal length under x/],
  ["no weights", "dsmil", "dsmil", ({ weights: _, ...file }) => file, "bad-usage", /an object for weights/],
  ["a list for a file", "dsmil", "dsmil", () => [], "bad-usage", /an object for the file/],
  [
    "a setting of another type",
    "clam-sb",
    "clam-sb",
    (file) => ({ ...file, config: { k_sample: "8" } }),
    "bad-usage",
    /a number for k_sample/,
  ],
  [
    "an answer in another shape",
    "abmil",
    "abmil",
    (file) => ({ ...file, expected: { A: [1, 2] } }),
    "bad-value",
    /expected\.A/,
  ],
];

describe("a broken file", () => {
  it.each(broken)("with %s is refused in a sentence", async (_, method, name, change, kind, sentence) => {
    const failure = await failureOf(method, name, change);
    expect(failure?.kind).toBe(kind);
    expect(failure?.sentence).toMatch(sentence);
  });

  it("of a method that is not known names those that are", () => {
    const found = checkpointOf("clam-sv");
    expect(found.ok ? null : found.failure).toMatchObject({ kind: "bad-usage", remedy: "did you mean clam-sb" });
  });
});

describe("an imported checkpoint", () => {
  it.each([
    ["abmil-plain", "abmil"],
    ["clam-mb", "clam-mb"],
    ["dsmil", "dsmil"],
  ])("of %s is a model file that predicts what the original answers", async (name, method) => {
    const { weights, config, x, expected } = recorded(name);
    const imported = unwrap(await importCheckpoint(unwrap(checkpointOf(method)), archiveOf(weights), config));
    const session = await openSession(encodeImported(imported));
    const answer = unwrap(await predict(session, bagOf(Float32Array.from(x.flat()), x[0]?.length ?? 0)));
    await session.close();
    expect(relativeError(answer.logits, [expected.logits].flat(3) as number[])).toBeLessThan(5e-6);
    expect(relativeError(answer.probabilities, [expected.Y_prob].flat(3) as number[])).toBeLessThan(5e-6);
  });

  it("of attention pooling is told by the ends of its names, whatever stands before them", async () => {
    const { weights, ...file } = recorded("abmil");
    const names = {
      "feature_extractor_part2.0": "embed",
      "attention_V.0": "gate.linear_V",
      "attention_U.0": "gate.linear_U",
      attention_w: "gate.attention_weights",
      "classifier.0": "decide",
    };
    const renamed = Object.entries(weights).map(([key, value]) => {
      const [from, to] = Object.entries(names).find(([stem]) => key.startsWith(`${stem}.`)) ?? ["", ""];
      return [key.replace(from, to), value];
    });
    const checkpoint = unwrap(checkpointOf("abmil"));
    const result = await compareWithOriginal(
      checkpoint,
      { ...file, weights: Object.fromEntries(renamed) },
      openSession,
    );
    expect(unwrap(result).worst).toBeLessThan(5e-6);
  });

  it("kept for prediction only, without instance heads, answers all but the losses", async () => {
    const { weights, expected, ...file } = recorded("clam-sb");
    const kept = Object.fromEntries(Object.entries(weights).filter(([key]) => !key.startsWith("instance_")));
    const compare = (names: readonly string[]) =>
      compareWithOriginal(
        unwrap(checkpointOf("clam-sb")),
        { ...file, weights: kept, expected: Object.fromEntries(names.map((name) => [name, expected[name]])) },
        openSession,
      );
    expect(unwrap(await compare(["logits", "A_raw", "M"])).worst).toBeLessThan(5e-6);
    expect((await compare(["instance_loss"])).ok).toBe(false);
  });
});

describe("every method", () => {
  it("has a name of its own, a title and a source", () => {
    const names = checkpoints().map(({ method }) => method);
    expect(new Set(names).size).toBe(names.length);
    for (const { title, paper } of checkpoints()) expect(title.length * paper.length).toBeGreaterThan(0);
  });
});
