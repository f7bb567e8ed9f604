/** Losses and slopes where the logits are far apart, against double precision: nothing is lost where the answer is nearly sure. */
import { encodeModel, gradients, input, reshape, type Tensor } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { type LossName, PLAIN_LOSS } from "../../src/head/head.ts";
import { headOf } from "../../src/head/registry.ts";

const GAPS = [0, 0.5, 2, 5, 10, 14, 18, 22, 27, 33, 40];
/** Below this a float32 has no more digits. */
const SMALLEST = 2 ** -126;

type Logs = readonly number[];

/** log p of classes, and log(1 - p), in double precision. */
function logShares(logits: Logs): { readonly yes: number[]; readonly no: number[] } {
  const sumOf = (values: Logs): number => values.reduce((sum, x) => sum + Math.exp(x), 0);
  const without = (c: number): number => sumOf(logits.filter((_, j) => j !== c).map((x) => x - (logits[c] as number)));
  const yes = logits.map((_, c) => -Math.log1p(without(c)));
  return { yes, no: logits.map((_, c) => Math.log(without(c)) + (yes[c] as number)) };
}

/** -(1 - p)^2 log p of the true, q^4 log(1 - q) of the others: as their papers write them. */
function classLoss(logits: Logs, truth: number, loss: LossName): number {
  const { yes, no } = logShares(logits);
  const [own, rest] = [-(yes[truth] as number), no[truth] as number];
  if (loss === "focal") return Math.exp(2 * rest) * own;
  if (loss === "cross-entropy") return own;
  return yes.reduce(
    (sum, log, c) => (c === truth ? sum : sum + absence(Math.exp(log), Math.exp(no[c] as number))),
    own,
  );
}

function answerLoss(logit: number, isYes: boolean, loss: LossName): number {
  const share = (x: number): number => 1 / (1 + Math.exp(-x));
  const own = Math.log1p(Math.exp(isYes ? -logit : logit));
  if (loss === "focal") return share(isYes ? -logit : logit) ** 2 * own;
  return loss === "cross-entropy" || isYes ? own : absence(share(logit), share(-logit));
}

function absence(p: number, rest: number): number {
  const q = p - 0.05;
  return q <= 0 ? 0 : -(q ** 4) * (q > 0.5 ? Math.log(rest + 0.05) : Math.log1p(-q));
}

/** Slope of `absence` by the logit: nearly level where the answer is surely wrong, so differences of values would be noise. */
function absenceSlope(logit: number): number {
  const [p, rest] = [1 / (1 + Math.exp(-logit)), 1 / (1 + Math.exp(logit))];
  const q = p - 0.05;
  return q <= 0 ? 0 : p * rest * (q ** 4 / (rest + 0.05) - 4 * q ** 3 * Math.log(rest + 0.05));
}

function ordinalLoss([s1, s2]: Logs, truth: number, loss: LossName): number {
  const [first, gap] = [s1 as number, s2 as number];
  const logSigmoid = (x: number): number => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
  const second = first + logSigmoid(-gap);
  const logs = [logSigmoid(-first), logSigmoid(first) + logSigmoid(-second) + logSigmoid(gap), logSigmoid(second)];
  return classLoss(logs, truth, loss);
}

/** Slopes by central differences of a loss in double precision. */
function slopesOf(of: (x: Logs) => number, at: Logs): number[] {
  const step = 1e-4;
  const moved = (j: number, by: number): number => of(at.map((x, i) => (i === j ? x + by : x)));
  return at.map(
    (_, j) => (8 * (moved(j, step) - moved(j, -step)) - (moved(j, 2 * step) - moved(j, -2 * step))) / (12 * step),
  );
}

const TASKS = {
  classify: { kind: "classify", label: "y", classes: ["a", "b", "c"], positive: "a" },
  multilabel: { kind: "multilabel", labels: ["a"] },
  ordinal: { kind: "ordinal", label: "y", classes: ["a", "b", "c"] },
} as const;

const FACTS = { classify: { counts: [1, 1, 1] }, multilabel: { no: [1], yes: [1] }, ordinal: { counts: [1, 1, 1] } };

/** Loss and slopes of a head on one row of logits, as the runtime computes them. */
async function openLoss(kind: keyof typeof TASKS, loss: LossName) {
  const head = headOf(TASKS[kind], FACTS[kind], { ...PLAIN_LOSS, loss });
  const scores = input("scores", [1, head.k]);
  const value = head.loss?.(scores, input("target", [1, head.t])) as Tensor;
  const [slope] = gradients(value, [scores]) as [Tensor];
  const session = await openSession(encodeModel({ outputs: { value: reshape(value, [1]), slope } }));
  return {
    async at(logits: Logs, truth: number) {
      const target = new Float32Array(head.t);
      head.encode(kind === "multilabel" ? [truth] : truth, target);
      const found = await session.run({
        scores: { data: Float32Array.from(logits), dims: [1, head.k] },
        target: { data: target, dims: [1, head.t] },
      });
      return { value: Number(found.value?.data[0]), slopes: Array.from(found.slope?.data ?? [], Number) };
    },
    close: () => session.close(),
  };
}

/** Error relative to the expected number; of one that no float32 holds, its own size. */
function errorOf(received: number, expected: number): number {
  return Math.abs(received - expected) / Math.max(Math.abs(expected), SMALLEST * 1e8);
}

const LOSSES = ["cross-entropy", "focal", "asymmetric"] as const;
const CASES = (["classify", "multilabel", "ordinal"] as const).flatMap((kind) =>
  LOSSES.map((loss) => [kind, loss] as const),
);

describe("a loss", () => {
  it.each(CASES)("of %s, %s, and its slopes keep their digits at every gap, right and wrong", async (kind, loss) => {
    const own = await openLoss(kind, loss);
    const errors: number[] = [];
    for (const gap of GAPS) {
      const rows: readonly (readonly [Logs, number])[] = {
        classify: [
          [[gap, 0, 0], 0],
          [[gap, 0, -1], 1],
          [[gap, gap, 0], 1],
        ] as const,
        multilabel: [
          [[gap], 1],
          [[gap], 0],
        ] as const,
        ordinal: [
          [[-gap, 1], 0],
          [[-gap, 1], 2],
          [[gap, 1], 2],
          [[gap / 2, gap], 1],
        ] as const,
      }[kind];
      for (const [logits, truth] of rows) {
        const exact = logits.map(Math.fround);
        const of = (x: Logs): number => {
          if (kind === "classify") return classLoss(x, truth, loss);
          return kind === "ordinal" ? ordinalLoss(x, truth, loss) : answerLoss(x[0] as number, truth === 1, loss);
        };
        const found = await own.at(exact, truth);
        const isAbsent = kind === "multilabel" && loss === "asymmetric" && truth === 0;
        const slopes = isAbsent ? exact.map(absenceSlope) : slopesOf(of, exact);
        const largest = Math.max(...slopes.map(Math.abs));
        errors.push(errorOf(found.value, of(exact)));
        for (const [j, slope] of slopes.entries()) {
          errors.push(Math.abs((found.slopes[j] as number) - slope) / Math.max(largest, SMALLEST * 1e8));
        }
      }
    }
    await own.close();
    expect(Math.max(...errors)).toBeLessThan(3e-6);
  });
});
