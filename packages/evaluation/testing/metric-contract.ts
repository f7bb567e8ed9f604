/** The laws every metric keeps. A new metric runs this suite with one line. */
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { type Metric, measure } from "../src/metric/metric.ts";
import { type Sample, subsample } from "../src/sample.ts";

/** Laws that a metric does not keep, each with the reason. */
export interface MetricContractOptions {
  readonly skip?: Readonly<Record<string, string>>;
}

/** Runs the laws on samples of two and of three classes. */
export function metricContract(metric: Metric, { skip = {} }: MetricContractOptions = {}): void {
  const law = (title: string, body: (sample: Sample) => void): void => {
    const reason = skip[title];
    for (const k of [2, 3]) {
      it.skipIf(reason !== undefined)(`${title} (${k} classes)${reason === undefined ? "" : `: ${reason}`}`, () =>
        body(randomSample(k, 60)),
      );
    }
  };
  describe(`metric ${metric.name}`, () => {
    law("lies in its range", (sample) => {
      const value = measure(metric, sample) as number;
      expect(value).toBeGreaterThanOrEqual(metric.range[0]);
      expect(value).toBeLessThanOrEqual(metric.range[1]);
    });
    law("is unchanged when the patients are shuffled", (sample) => {
      const shuffled = randomStream(3, "contract").shuffled(Array.from({ length: sample.n }, (_, i) => i));
      expect(measure(metric, subsample(sample, shuffled))).toBeCloseTo(measure(metric, sample) as number, 9);
    });
    law("counts a patient of weight two as two patients, of weight zero as none", (sample) => {
      const weights = Float64Array.from({ length: sample.n }, (_, i) => i % 3);
      const rows = [...weights].flatMap((w, i) => new Array<number>(w).fill(i));
      const prepared = metric.prepare(sample);
      if (prepared.kind !== "ready") throw new Error(prepared.reason);
      expect(prepared.at(weights)).toBeCloseTo(measure(metric, subsample(sample, rows)) as number, 9);
    });
    law("reaches its best value for a perfect prediction", (sample) => {
      const probabilities = sample.probabilities.map((_, i) =>
        sample.labels[Math.floor(i / sample.k)] === i % sample.k ? 1 : 0,
      );
      expect(measure(metric, { ...sample, probabilities })).toBeCloseTo(metric.perfect, 6);
    });
    law("is undefined with a reason when nobody is there", (sample) => {
      const prepared = metric.prepare(subsample(sample, []));
      expect(prepared.kind === "undefined" && prepared.reason.length > 0).toBe(true);
    });
  });
}

function randomSample(k: number, n: number): Sample {
  const random = randomStream(11, "contract", k);
  const labels = Int32Array.from({ length: n }, (_, i) => i % k);
  const probabilities = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    const logits = Array.from({ length: k }, (_, c) => random.normal() + (labels[i] === c ? 1 : 0));
    const total = logits.reduce((sum, v) => sum + Math.exp(v), 0);
    logits.forEach((v, c) => {
      probabilities[i * k + c] = Math.exp(v) / total;
    });
  }
  return { n, k, labels, probabilities, positive: 1, classes: ["a", "b", "c"].slice(0, k) };
}
