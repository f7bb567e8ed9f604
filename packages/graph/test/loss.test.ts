import { describe, expect, it } from "vitest";
import { binaryCrossEntropy, crossEntropy, encodeModel, gradients, input, sum } from "../src/index.ts";
import { openSession } from "../src/node.ts";

const target = input("target", [1, 3]);
const classes = input("classes", [1, 3]);
const answers = input("answers", [1, 3]);
const [ofClasses] = gradients(crossEntropy(classes, target), [classes]);
const [ofAnswers] = gradients(sum(binaryCrossEntropy(answers, target)), [answers]);
const values = { classLoss: crossEntropy(classes, target), answerLoss: binaryCrossEntropy(answers, target) };
const outputs = { ...values, ofClasses: ofClasses as typeof classes, ofAnswers: ofAnswers as typeof answers };

async function slopesAt(logits: readonly number[], wanted: readonly number[]) {
  const session = await openSession(encodeModel({ outputs }));
  const row = (values: readonly number[]) => ({ data: Float32Array.from(values), dims: [1, 3] });
  const found = await session.run({ classes: row(logits), answers: row(logits), target: row(wanted) });
  await session.close();
  const numbers = (name: string): (number | bigint)[] => [...(found[name]?.data ?? [])];
  return {
    classLoss: numbers("classLoss"),
    answerLoss: numbers("answerLoss"),
    ofClasses: numbers("ofClasses"),
    ofAnswers: numbers("ofAnswers"),
  };
}

/** Largest error of values relative to each expected one, zeros being exact. */
function worst(received: readonly (number | bigint)[], expected: readonly number[]): number {
  return Math.max(
    ...expected.map((e, i) => (e === 0 ? Math.abs(Number(received[i])) : Math.abs(Number(received[i]) / e - 1))),
  );
}

describe("the gradient of cross-entropy", () => {
  it.each([0, 1, 5, 10, 14, 18, 25, 40])(
    "has seven digits where the right class leads by %d, as in double precision",
    async (gap) => {
      const rest = 2 * Math.exp(-gap);
      const [right, wrong] = [-rest / (1 + rest), Math.exp(-gap) / (1 + rest)];
      const { ofClasses } = await slopesAt([gap, 0, 0], [1, 0, 0]);
      expect(worst(ofClasses, [right, wrong, wrong])).toBeLessThan(1e-6);
    },
  );

  it("has them for shares of several classes, and for a class that is nearly certain and wrong", async () => {
    const shares = [12, 0, -1].map((x, _, all) => Math.exp(x) / all.reduce((sum, y) => sum + Math.exp(y), 0));
    for (const wanted of [
      [0.5, 0.25, 0.25],
      [0, 3, 0],
    ]) {
      const total = wanted.reduce((a, b) => a + b, 0);
      const { ofClasses } = await slopesAt([12, 0, -1], wanted);
      expect(
        worst(
          ofClasses,
          shares.map((p, i) => p * total - (wanted[i] as number)),
        ),
      ).toBeLessThan(1e-6);
    }
  });

  it("has them where a question is answered nearly surely, and rightly", async () => {
    for (const gap of [0, 5, 10, 18, 30, 40]) {
      const { ofAnswers } = await slopesAt([gap, -gap, gap], [1, 0, 0]);
      const left = 1 / (1 + Math.exp(gap));
      expect(worst(ofAnswers, [-left, left, 1 / (1 + Math.exp(-gap))])).toBeLessThan(2e-6);
    }
  });
});

describe("the value of cross-entropy", () => {
  it.each([0, 1, 5, 10, 14, 18, 25, 40])("has seven digits where the right answer leads by %d", async (gap) => {
    const { classLoss, answerLoss } = await slopesAt([gap, 0, 0], [1, 0, 0]);
    expect(worst(classLoss, [Math.log1p(2 * Math.exp(-gap))])).toBeLessThan(5e-7);
    expect(worst(answerLoss, [Math.log1p(Math.exp(-gap)), Math.LN2, Math.LN2])).toBeLessThan(5e-7);
    const wrong = await slopesAt([gap, -gap, 0], [0, 1, 0]);
    expect(worst(wrong.answerLoss, [Math.log1p(Math.exp(gap)), Math.log1p(Math.exp(gap)), Math.LN2])).toBeLessThan(
      5e-7,
    );
  });

  it("counts all classes at the top but one where several tie", async () => {
    const { classLoss } = await slopesAt([30, 30, 30], [0, 1, 0]);
    expect(worst(classLoss, [Math.log(3)])).toBeLessThan(5e-7);
  });
});
