/** Cox regression as a probe: for few columns (clinical data, the first components of an embedding). Answers the log relative hazard. */
import { ok } from "@nacre/core";
import { flagOption } from "../aggregator/option.ts";
import { fitCox } from "../survival/cox.ts";
import { checkParts } from "./check-part.ts";
import { linearAnswer } from "./fitted.ts";
import { defineProbe } from "./probe.ts";

export const coxProbe = defineProbe({
  name: "cox",
  title: "Cox regression",
  paper: "Cox 1972, Regression models and life-tables, Journal of the Royal Statistical Society B 34",
  kinds: ["survive"],
  options: { breslow: flagOption(false, "treat events at one time as Breslow did; else as Efron did") },
  fit(train, tune, { breslow }) {
    const checked = checkParts(train, tune, { kinds: ["survive"], owner: "Cox regression" });
    if (!checked.ok) return checked;
    const { embeddings, labels } = checked.value.train;
    const fitted = fitCox(embeddings, labels, { ties: breslow ? "breslow" : "efron" });
    if (!fitted.ok) return fitted;
    const { coefficients, means } = fitted.value;
    const bias = coefficients.reduce((sum, value, j) => sum - value * (means[j] as number), 0);
    const head = { weight: coefficients, bias: Float64Array.of(bias), d: coefficients.length, k: 1 };
    return ok(linearAnswer("survive", head, { tried: [], chosen: [] }));
  },
});
