import { type ClassifyTask, randomStream, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import {
  averageModels,
  describeModel,
  fit,
  modelCard,
  predict,
  readFitOptions,
  tileEvidence,
} from "../../src/index.ts";
import { decodeFitted, encodeFitted } from "../../src/model/encode-fitted.ts";
import { bagOf, noiseBag, plantBags } from "../planted-bags.ts";

const task: ClassifyTask = { kind: "classify", label: "egfr", classes: ["wild", "mutant"], positive: "mutant" };
const planted = plantBags({ bags: 12, d: 5, tiles: [2, 12], share: 0.3, distance: 2, seed: 4 });
const aggregator = { name: "clam-sb", hidden: 8, attention: 4 };
const options = { epochs: 3, lr: 1e-2 };

const fold = async (seed: number) =>
  unwrap(
    await fit({
      task,
      aggregator,
      options: { ...options, seed },
      bags: planted.source,
      train: planted.labelled,
      tune: [],
      openSession,
    }),
  );

const models = await Promise.all([1, 2, 3].map(fold));
const files = models.map(({ onnx }) => onnx);
const bag = noiseBag(20, 5, randomStream(8));

async function answers(onnx: Uint8Array) {
  const session = await openSession(onnx);
  const prediction = unwrap(await predict(session, bag));
  await session.close();
  return prediction;
}

describe("predict", () => {
  it("refuses features of another dimension and says which the model wants", async () => {
    const session = await openSession(files[0] as Uint8Array);
    const other = await predict(session, noiseBag(3, 4, randomStream(1)), { name: "slide-9" });
    expect(other).toMatchObject({ ok: false, failure: { kind: "dimension-mismatch", received: "4 in slide-9" } });
    if (!other.ok) expect(other.failure.expected).toContain("5 features");
    await session.close();
  });

  it("refuses features of another encoder where it is told what the model was fitted on", async () => {
    const session = await openSession(files[0] as Uint8Array);
    const info = unwrap(describeModel(files[0] as Uint8Array));
    const other = await predict(session, { ...bag, space: "other" }, { info });
    expect(other).toMatchObject({ ok: false, failure: { kind: "encoder-mismatch" } });
    expect((await predict(session, { ...bag, space: "unknown" }, { info })).ok).toBe(true);
    await session.close();
  });

  it("refuses an empty bag and a feature that is not a number", async () => {
    const session = await openSession(files[0] as Uint8Array);
    const kinds = [];
    for (const features of [new Float32Array(0), new Float32Array(5).fill(Number.NaN)]) {
      const answer = await predict(session, bagOf(features, 5));
      kinds.push(answer.ok ? null : answer.failure.kind);
    }
    expect(kinds).toEqual(["empty-bag", "not-finite"]);
    await session.close();
  });
});

describe("averageModels", () => {
  it("answers with the mean of the members' probabilities, attention and contributions", async () => {
    const members = await Promise.all(files.map(answers));
    const average = await answers(averageModels(files));
    const mean = (of: (answer: (typeof members)[number]) => ArrayLike<number>, i: number): number =>
      members.reduce((sum, member) => sum + (of(member)[i] as number), 0) / members.length;
    for (const name of ["probabilities", "attention", "contribution", "bias"] as const) {
      const values = Array.from(average[name]);
      expect(values.length).toBeGreaterThan(0);
      expect(Math.max(...values.map((v, i) => Math.abs(v - mean((m) => m[name], i))))).toBeLessThan(1e-6);
    }
    expect(average.embedding.length).toBe(24);
    expect(average.logits.map(Math.exp)[0]).toBeCloseTo(average.probabilities[0] as number, 6);
  });

  it("writes the same bytes each time, says how many models it holds, and hands back a single one", () => {
    const average = averageModels(files);
    expect(averageModels(files)).toEqual(average);
    expect(unwrap(describeModel(average)).members).toBe(3);
    expect(averageModels(files.slice(0, 1))).toBe(files[0]);
  });

  it("says that slides were synthetic where those of one member were, and nothing where nobody said", () => {
    const of = (synthetic: boolean | null): Uint8Array => {
      const { design, weights, info } = unwrap(decodeFitted(files[0] as Uint8Array));
      return encodeFitted(design, weights, { ...info, synthetic });
    };
    const said = (...each: (boolean | null)[]) => unwrap(describeModel(averageModels(each.map(of)))).synthetic;
    expect([said(true), said(false), said(null)]).toEqual([true, false, null]);
    expect([said(true, null), said(false, true), said(false, false), said(false, null)]).toEqual([
      true,
      true,
      false,
      null,
    ]);
    // A file from before, written again, keeps its bytes.
    expect(of(null)).toEqual(files[0]);
  });

  it("refuses what is not a model of one fold, and models that do not belong together", async () => {
    expect(() => averageModels([Uint8Array.of(1, 2, 3), files[0] as Uint8Array])).toThrow("bad-model");
    expect(() => averageModels([averageModels(files), files[0] as Uint8Array])).toThrow("bad-model");
    expect(() => averageModels([])).toThrow(RangeError);
  });
});

describe("tileEvidence", () => {
  it("adds up to the log odds of the class", async () => {
    const prediction = await answers(files[0] as Uint8Array);
    const [no = 0, yes = 0] = prediction.probabilities;
    const evidence = tileEvidence(prediction, 1);
    expect(evidence.reduce((sum, v) => sum + v, 0)).toBeCloseTo(Math.log(yes / no), 4);
    expect([...tileEvidence(prediction, 0)].map((v) => -v)).toEqual([...evidence]);
  });
});

describe("modelCard", () => {
  it("is plain JSON that names the task, the encoder's licence, the folds and what must not be done with the model", () => {
    const parts = [1, 2, 3].map(() => ({
      train: { bags: 12, patients: 12, classes: [6, 6] },
      tune: { bags: 0, patients: 0, classes: [0, 0] },
      test: { bags: 4, patients: 4, classes: [2, 2] },
    }));
    const card = modelCard({
      study: "luad-egfr",
      task,
      encoder: { name: "texture", licence: "Apache-2.0", source: "built in" },
      folds: models,
      fit: unwrap(readFitOptions(options)),
      parts,
      sites: ["a", "b"],
      contribution: "exact",
      limits: ["The scale is an assumption."],
    });
    expect(JSON.parse(JSON.stringify(card))).toEqual(card);
    expect(card.statement).toContain("Not a medical device");
    expect(card.limits).toContain("The scale is an assumption.");
    expect(card.models).toHaveLength(3);
    expect(card).toMatchObject({ input: { features: 5, encoder: { licence: "Apache-2.0" } } });
  });
});
