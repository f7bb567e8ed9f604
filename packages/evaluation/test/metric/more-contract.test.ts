/**
 * The contract suite on the metrics of calls, log loss, calibration by mass and grades. It tries two and three classes; a metric that has
 * nothing to say about one of the two is undefined there (see `more-law.test.ts`) and sees the same patients in a form it is for.
 */
import { eceMassMetric } from "../../src/metric/ece-mass.ts";
import { f1Metric, weightedF1Metric } from "../../src/metric/f1.ts";
import { logLossMetric } from "../../src/metric/log-loss.ts";
import { mccMetric } from "../../src/metric/mcc.ts";
import type { Metric } from "../../src/metric/metric.ts";
import { npvMetric, ppvMetric, sensitivityMetric, specificityMetric } from "../../src/metric/sensitivity.ts";
import { topKMetric } from "../../src/metric/top-k.ts";
import { withinOneMetric } from "../../src/ordinal/distance.ts";
import { ORDINAL_METRICS } from "../../src/ordinal/registry.ts";
import { isClass, type Sample, scoresOf } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";
import { metricContract } from "../../testing/metric-contract.ts";

/** The positive class against the rest. */
function asTwo(sample: Sample): Sample {
  return binary([...isClass(sample)], [...scoresOf(sample)]);
}

/** Two classes with an empty grade between them; three as they are. */
function asThree(sample: Sample): Sample {
  if (sample.k === 3) return sample;
  return {
    ...sample,
    k: 3,
    labels: sample.labels.map((label) => 2 * label),
    probabilities: Float64Array.from([...scoresOf(sample, 0)].flatMap((p) => [p, 0, 1 - p])),
    classes: ["low", "between", "high"],
  };
}

const seen = (metric: Metric, as: (sample: Sample) => Sample): Metric => ({
  ...metric,
  prepare: (sample) => metric.prepare(as(sample)),
});

for (const metric of [f1Metric, weightedF1Metric, mccMetric, topKMetric(1), logLossMetric, eceMassMetric]) {
  metricContract(metric);
}
for (const metric of ORDINAL_METRICS) {
  metricContract(metric === withinOneMetric ? seen(metric, asThree) : metric);
}
for (const metric of [sensitivityMetric, specificityMetric, ppvMetric, npvMetric]) metricContract(seen(metric, asTwo));
metricContract(seen(topKMetric(2), asThree));
