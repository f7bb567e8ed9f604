import { METRICS } from "../../src/metric/registry.ts";
import { metricContract } from "../../testing/metric-contract.ts";

const SEPARATED = {
  "reaches its best value for a perfect prediction": "a perfect prediction separates the outcomes: no finite fit",
};

for (const metric of METRICS) {
  const isFit = metric.name === "calibrationSlope" || metric.name === "calibrationIntercept";
  const isLarge = metric.name === "calibrationInTheLarge";
  metricContract(metric, isFit || isLarge ? { skip: SEPARATED } : {});
}
