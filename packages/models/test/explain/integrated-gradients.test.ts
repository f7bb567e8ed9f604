import { type Bag, randomStream, unwrap } from "@nacre/core";
import type { Session } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { scoresOf } from "../../src/explain/explanation.ts";
import { gradientInput } from "../../src/explain/integrated-gradients.ts";
import {
  type AggregatorSpec,
  averageModels,
  explain,
  explainMethods,
  integratedGradients,
  predict,
  withExplanation,
} from "../../src/index.ts";
import { encodeFitted } from "../../src/model/encode-fitted.ts";
import { initialise } from "../../src/train/initialise.ts";
import { weightSpecs } from "../../src/train/program.ts";
import { classifyDesign, infoOf } from "../design.ts";
import { bagOf, noiseBag } from "../planted-bags.ts";

const D = 4;
const specs: AggregatorSpec[] = [
  { name: "set-transformer", heads: 1, headWidth: 4, layers: 2 },
  { name: "transmil", heads: 1, headWidth: 4, landmarks: 2 },
];

function modelOf(spec: AggregatorSpec, seed: number): Uint8Array {
  const random = randomStream(seed, "means");
  const mean = Float32Array.from({ length: D }, () => random.normal());
  const deviation = Float32Array.from({ length: D }, () => 0.5 + random.uniform());
  const design = classifyDesign(spec, { d: D, k: 2, standardisation: { mean, deviation } });
  return encodeFitted(design, initialise(weightSpecs(design), seed), infoOf(design));
}

async function withModel(onnx: Uint8Array, body: (session: Session) => Promise<void>): Promise<void> {
  const session = await openSession(onnx);
  try {
    await body(session);
  } finally {
    await session.close();
  }
}

const bag = noiseBag(6, D, randomStream(8, "bag"));

describe.each(specs)("integrated gradients of $name", (spec) => {
  it("sum to the scores of the bag minus those of mean train tiles, within 1e-3", () =>
    withModel(modelOf(spec, 1), async (session) => {
      const found = unwrap(await integratedGradients(session, bag));
      const whole = unwrap(await predict(session, bag));
      const baseline = whole.further.baseline as Float32Array;
      const empty = bagOf(
        Float32Array.from({ length: 6 * D }, (_, i) => baseline[i % D] as number),
        D,
      );
      const start = unwrap(await predict(session, empty));
      for (const [c, logit] of whole.logits.entries()) {
        const sum = found.values.reduce((total, value, i) => total + (i % 2 === c ? value : 0), 0);
        expect(Math.abs(sum - (logit - (start.logits[c] as number)))).toBeLessThan(1e-3);
        expect(Math.abs((found.rest?.[c] as number) + sum - logit)).toBeLessThan(1e-5);
      }
      expect(found.error).toBeLessThan(1e-3);
      expect(unwrap(await gradientInput(session, bag)).error).toBeGreaterThan(found.error as number);
    }));
});

const first: AggregatorSpec = { name: "set-transformer", heads: 1, headWidth: 4, layers: 1 };

it("integrated gradients of an average are complete though its members have other means", () =>
  withModel(averageModels([modelOf(first, 1), modelOf(first, 2)]), async (session) => {
    const found = unwrap(await integratedGradients(session, bag));
    expect(found.error).toBeLessThan(1e-3);
    const explained = withExplanation(unwrap(await predict(session, bag)), found);
    const plain = scoresOf(unwrap(await predict(session, bag)));
    for (const [c, score] of scoresOf(explained).entries()) {
      expect(Math.abs(score - (plain[c] as number))).toBeLessThan(1e-4);
    }
  }));

it("integrated gradients are those of finite differences of a logit along the path", () =>
  withModel(modelOf(first, 5), async (session) => {
    const two = noiseBag(2, D, randomStream(9, "path"));
    const found = unwrap(await integratedGradients(session, two));
    const baseline = unwrap(await predict(session, two)).further.baseline as Float32Array;
    const away = two.features.map((x, j) => x - (baseline[j % D] as number));
    const logitAt = async (shares: readonly [number, number]): Promise<number> => {
      const at = away.map((x, j) => (baseline[j % D] as number) + (shares[j < D ? 0 : 1] as number) * x);
      return unwrap(await predict(session, bagOf(at, D))).logits[1] as number;
    };
    const steps = 240;
    let sum = 0;
    for (let s = 0; s < steps; s++) {
      const t = (s + 0.5) / steps;
      const a = t ** 4;
      const rise = (await logitAt([a * 1.01, a])) - (await logitAt([a * 0.99, a]));
      sum += ((rise / 0.02) * 4) / t / steps;
    }
    expect(Math.abs(sum - (found.values[1] as number))).toBeLessThan(5e-3);
  }));

it("a model whose contributions are exact offers them instead, and says so when it is asked for gradients", () =>
  withModel(modelOf({ name: "abmil", hidden: 8, attention: 4 }, 1), async (session) => {
    const bag: Bag = noiseBag(5, D, randomStream(1, "exact"));
    expect(explainMethods(session)).toEqual(["contribution", "attention", "occlusion"]);
    const refused = await explain(session, bag, "integrated-gradients");
    expect(refused.ok ? "" : refused.failure.received).toBe("one that offers contribution, attention, occlusion");
    expect((await integratedGradients(session, bag)).ok).toBe(false);
  }));
