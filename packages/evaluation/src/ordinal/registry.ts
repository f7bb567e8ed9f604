/** The metrics that read the classes as grades in order, lowest first. */
import type { Metric } from "../metric/metric.ts";
import { expectedGradeErrorMetric, ordinalErrorMetric, withinOneMetric } from "./distance.ts";
import { linearKappaMetric, quadraticKappaMetric } from "./kappa.ts";

/** Every metric, in the order of a scorecard. */
export const ORDINAL_METRICS = [
  quadraticKappaMetric,
  linearKappaMetric,
  ordinalErrorMetric,
  expectedGradeErrorMetric,
  withinOneMetric,
] as const satisfies readonly Metric[];
