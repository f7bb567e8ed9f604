import { randomStream, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { densePreconditioner, densePrice } from "../../src/probe/dense-curvature.ts";
import { fitLogistic, type LogisticProblem } from "../../src/probe/logistic.ts";
import { rotateRows } from "../../src/probe/rotate-rows.ts";
import { type LabelledRows, softmaxLoss } from "../../src/probe/softmax-loss.ts";
import { classesOf, gap, recorded } from "./reference.ts";

/** Noise in which a feature says something of each class. */
function rowsOf(k: number, n = 60, d = 4): LabelledRows {
  const random = randomStream(k, "curvature");
  const label = Array.from({ length: n }, (_, i) => i % k);
  const x = Float64Array.from(
    { length: n * d },
    (_, at) => random.normal() + (label[Math.floor(at / d)] === at % d ? 1 : 0),
  );
  return { x, n, d, label, k, classWeight: Array.from({ length: k }, (_, c) => 1 + c / 4) };
}

describe("the whole second derivative", () => {
  it.each([2, 3])("is undone by its inverse, as differences of the gradient of %d classes show", (k) => {
    const rows = rowsOf(k);
    const size = (k === 2 ? 1 : k) * 5;
    const random = randomStream(9, "place");
    const [theta, way] = [0, 1].map(() => Float64Array.from({ length: size }, () => 0.5 * random.normal())) as [
      Float64Array,
      Float64Array,
    ];
    // Offsets of several classes moved together change no probability, and have no curvature to undo.
    if (k > 2) way.fill(0, size - k);
    const loss = softmaxLoss(rows, 2);
    const slopesAt = (t: number): Float64Array => {
      const gradient = new Float64Array(size);
      loss(
        theta.map((value, j) => value + t * (way[j] as number)),
        gradient,
      );
      return gradient;
    };
    const [ahead, behind] = [slopesAt(1e-5), slopesAt(-1e-5)];
    const bent = ahead.map((value, j) => (value - (behind[j] as number)) / 2e-5);
    const undone = densePreconditioner(rows, theta, 2)?.(bent) ?? expect.fail("expected a factor");
    expect(gap([...undone], [...way])).toBeLessThan(1e-7);
  });

  it.each(recorded.logistic)(
    "leads to the coefficients of scikit-learn on $rows at C = $c, balanced: $balanced",
    (golden) => {
      const { embeddings, labels } = classesOf(golden.rows);
      if (labels.kind !== "classify") expect.fail("expected classes");
      const { k, label } = labels;
      const counts = Array.from({ length: k }, (_, c) => Array.from(label).filter((own) => own === c).length);
      const classWeight = counts.map((count) => (golden.balanced ? embeddings.n / (k * count) : 1));
      const rows = rotateRows(Float64Array.from(embeddings.values), embeddings.n, embeddings.d);
      const problem: LogisticProblem = { rows, label, k, classWeight };
      const start = { theta: new Float64Array((k === 2 ? 1 : k) * (rows.m + 1)), steps: 0, isDense: true };
      const { head, steps, isDense, converged } = unwrap(fitLogistic(problem, golden.c, { start, tolerance: 1e-10 }));
      const at = (c: number, j: number): number => head.weight[j * k + c] as number;
      const coef =
        k === 2
          ? Array.from({ length: head.d }, (_, j) => at(1, j) - at(0, j))
          : Array.from({ length: k * head.d }, (_, i) => at(Math.floor(i / head.d), i % head.d));
      expect(gap(coef, golden.coef)).toBeLessThan(1e-6);
      expect({ isDense, converged, isQuick: steps < 100 }).toEqual({ isDense: true, converged: true, isQuick: true });
    },
  );

  it("is worked out after a fit that took longer than it costs, and from then on", () => {
    const rows = rowsOf(3, 300, 6);
    const problem: LogisticProblem = { ...rows, rows: rotateRows(rows.x, 300, 6) };
    const cold = unwrap(fitLogistic(problem, 1));
    const after = (steps: number, isDense: boolean) =>
      unwrap(fitLogistic(problem, 2, { start: { ...cold, steps, isDense } })).isDense;
    const price = densePrice(rows);
    expect([after(price - 1, false), after(price + 1, false), after(0, true)]).toEqual([false, true, true]);
  });
});
