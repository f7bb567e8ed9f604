import { readFileSync } from "node:fs";
import { constant, encodeModel, gradients, input, mul, sum, type Tensor, type TensorData } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { cosineLoss, infoNce, supervisedContrast } from "../../src/loss/alignment.ts";
import { asymmetricLoss } from "../../src/loss/asymmetric.ts";
import { distillationLoss } from "../../src/loss/distillation.ts";
import { focalBinaryCrossEntropy, focalCrossEntropy } from "../../src/loss/focal.ts";
import { huberLoss } from "../../src/loss/huber.ts";
import { relativeError } from "../golden.ts";

interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Recorded {
  readonly inputs: readonly Numbers[];
  readonly weight: Numbers;
  readonly output: Numbers;
  readonly gradients: readonly Numbers[];
}
const golden: { readonly teacher: readonly number[]; readonly cases: Readonly<Record<string, Recorded>> } = JSON.parse(
  readFileSync(new URL("../golden/losses.json", import.meta.url), "utf8"),
);

const yes = constant([0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1], [3, 4]);
const classes = constant([0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1], [4, 4]);
const belongs = constant([1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1], [4, 5]);
const groups = [0, 1, 0, 2, 1, 0];
const same = constant(
  groups.flatMap((a) => groups.map((b) => (a === b ? 1 : 0))),
  [6, 6],
);
const teacher = constant(golden.teacher, [3, 4]);

type Inputs = [Tensor, Tensor, Tensor];
const losses: Readonly<Record<string, (...x: Inputs) => Tensor>> = {
  focalCrossEntropy: (x) => focalCrossEntropy(x, classes),
  focalBinaryCrossEntropy: (x) => focalBinaryCrossEntropy(x, yes, { focus: 1.5 }),
  asymmetricLoss: (x) => asymmetricLoss(x, yes),
  asymmetricLossOfBoth: (x) => asymmetricLoss(x, yes, { focusPresent: 1, focusAbsent: 3, margin: 0.2 }),
  huberLoss: (x, y) => huberLoss(x, y, 0.7),
  cosineLoss: (a, b) => cosineLoss(a, b),
  infoNce: (a, b, temperature) => infoNce(a, b, temperature),
  supervisedContrast: (z) =>
    supervisedContrast({ anchors: z, candidates: z, positive: same }, { temperature: 0.1, isWithin: true }),
  supervisedContrastAcross: (anchors, candidates) =>
    supervisedContrast({ anchors, candidates, positive: belongs }, { temperature: 0.25 }),
  distillationLoss: (x) => distillationLoss(x, teacher, 3),
};

const dataOf = ({ shape, values }: Numbers): TensorData => ({ data: Float32Array.from(values), dims: shape });

/** A loss and its gradients on numbers, computed by the runtime. */
async function evaluate(
  loss: (...x: Inputs) => Tensor,
  inputs: readonly Numbers[],
  weights?: readonly number[],
): Promise<{ output: Float32Array; slopes: Float32Array[] }> {
  const fed = inputs.map(({ shape }, i) => input(`x${i}`, shape));
  const output = loss(...(fed as Inputs));
  const whole = sum(weights === undefined ? output : mul(output, constant(weights, output.shape)));
  const slopes = gradients(whole, fed);
  const session = await openSession(
    encodeModel({ outputs: { output, ...Object.fromEntries(slopes.map((g, i) => [`g${i}`, g])) } }),
  );
  const results = await session.run(Object.fromEntries(inputs.map((x, i) => [`x${i}`, dataOf(x)])));
  await session.close();
  const numbers = (name: string) => results[name]?.data as Float32Array;
  return { output: numbers("output"), slopes: slopes.map((_, i) => numbers(`g${i}`)) };
}

describe("every loss", () => {
  it("has a recorded case, and every recorded case a loss", () => {
    expect(Object.keys(losses).sort()).toEqual(Object.keys(golden.cases).sort());
  });

  it.each(Object.entries(golden.cases))(
    "%s has the value and the gradients of PyTorch in float64",
    async (name, recorded) => {
      const { output, slopes } = await evaluate(losses[name] as () => Tensor, recorded.inputs, recorded.weight.values);
      expect(relativeError(output, recorded.output.values)).toBeLessThan(5e-6);
      recorded.gradients.forEach(({ values }, i) => {
        expect(relativeError(slopes[i] as Float32Array, values), `gradient ${i}`).toBeLessThan(5e-6);
      });
    },
  );

  it("stays finite, and so do its slopes, where the model is as wrong or as right as it can be", async () => {
    const logits = { shape: [1, 4], values: [200, -200, 200, -200] };
    const target = constant([0, 1, 1, 0], [1, 4]);
    const one = constant([0, 1, 0, 0], [1, 4]);
    const extremes = [
      (x: Tensor) => focalBinaryCrossEntropy(x, target),
      (x: Tensor) => focalCrossEntropy(x, one),
      (x: Tensor) => asymmetricLoss(x, target),
      (x: Tensor) => asymmetricLoss(x, target, { focusPresent: 1 }),
      (x: Tensor) => distillationLoss(x, mul(x, -1)),
    ];
    for (const loss of extremes) {
      const { output, slopes } = await evaluate(loss, [logits]);
      expect([...output, ...(slopes[0] as Float32Array)].every(Number.isFinite)).toBe(true);
    }
  });

  it("of alignment is zero, not NaN, where no row has a positive and where all features are zero", async () => {
    const rows = { shape: [2, 3], values: [0, 0, 0, 0, 0, 0] };
    const none = constant([1, 0, 0, 1], [2, 2]);
    const loss = (z: Tensor) =>
      supervisedContrast({ anchors: z, candidates: z, positive: none }, { temperature: 0.1, isWithin: true });
    const { output, slopes } = await evaluate(loss, [rows]);
    expect([...output, ...(slopes[0] as Float32Array)].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("refuses settings at which its slope would not be finite", () => {
    const x = input("x", [1, 4]);
    expect(() => focalCrossEntropy(x, x, { focus: 0.5 })).toThrow(/at least 1/);
    expect(() => asymmetricLoss(x, x, { margin: 0 })).toThrow(/\(0, 1\)/);
    expect(() => huberLoss(x, x, 0)).toThrow(/above 0/);
    expect(() => distillationLoss(x, x, 0)).toThrow(/above 0/);
  });
});
