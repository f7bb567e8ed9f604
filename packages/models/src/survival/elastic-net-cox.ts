/** The elastic net for Cox regression over a whole path of lambda: what to read when the coefficients are the question, not the answer. */
import { type Outcome, ok } from "@nacre/core";
import { elasticNetPath, type NetOptions, type NetStep } from "../probe/elastic-net.ts";
import { checkEmbeddings, type Embeddings } from "../probe/embeddings.ts";
import { coxLoss } from "./cox-loss.ts";
import { checkEvents, checkFollowUp, type FollowUp } from "./follow-up.ts";
import type { Ties } from "./partial-likelihood.ts";

export interface ElasticNetCoxOptions extends NetOptions {
  readonly ties?: Ties;
  readonly strata?: readonly string[];
}

/** Coefficients at each lambda, falling. Fails with too-few (nobody, or no event), not-finite or bad-value (a negative time). */
export function elasticNetCox(
  x: Embeddings,
  followUp: FollowUp,
  { ties = "efron", strata, ...options }: ElasticNetCoxOptions = {},
): Outcome<NetStep[]> {
  const columns = checkEmbeddings(x, "train");
  if (!columns.ok) return columns;
  const times = checkFollowUp(followUp, x.n, "train");
  if (!times.ok) return times;
  const some = checkEvents(followUp, "train");
  if (!some.ok) return some;
  return ok(elasticNetPath(x, coxLoss(followUp, { ties, strata: strata ?? null }), options));
}
