/**
 * Risks of folds on one scale: a Cox likelihood sees differences alone, so every fit ends with a zero of its own, and risks of several
 * would be pooled or averaged across scales. The zero is put at the mean score of the fit's train bags, all their tiles, without dropout.
 */
import { raise } from "@nacre/core";
import type { HeadFacts, LossOptions } from "../head/head.ts";
import { headOf } from "../head/registry.ts";
import type { Weights } from "./initialise.ts";
import type { Judge } from "./judge.ts";
import type { Example } from "./learner.ts";
import { type ModelDesign, weightSpecs } from "./program.ts";

export interface Centred {
  readonly design: ModelDesign;
  /** What the answers need, the zero of the scores among it. */
  readonly facts: HeadFacts;
}

/** The design whose answers count from the mean over the bags; as it was where the scores of its head have a zero already. */
export async function centred(
  { design, facts, loss }: Centred & { readonly loss: LossOptions },
  weights: Weights,
  examples: AsyncIterable<Omit<Example, "label">>,
  judge: Pick<Judge, "scores">,
): Promise<Centred> {
  const { head, task } = design;
  if (head.centred === undefined) return { design, facts };
  const feeds = Object.fromEntries(
    weightSpecs(design).map(({ name, shape }) => [name, { data: weights[name] as Float32Array, dims: shape }]),
  );
  const sums = new Float64Array(head.k);
  let m = 0;
  for await (const example of examples) {
    for (const [c, score] of (await judge.scores(feeds, example)).entries()) sums[c] = (sums[c] as number) + score;
    m += 1;
  }
  const means = Array.from(sums, (sum) => sum / m);
  if (!means.every(Number.isFinite)) {
    raise("diverged", {
      expected: "a finite score of every train bag",
      received: `scores that average ${means.join(", ")}`,
      remedy: "lower fit.lr, and look for features of extreme size",
    });
  }
  const known = head.centred(means);
  return { design: { ...design, head: headOf(task, known, loss) }, facts: known };
}
