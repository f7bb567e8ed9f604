/** Which bags an epoch is made of, in which order. */
import { fail, groupBy, type Outcome, ok, type Random, type Task } from "@nacre/core";
import type { Labelled } from "./survey.ts";

/** Every bag once; or as many draws, with replacement, in which every class is equally likely and so is every bag of a class. */
export type Sampling = "each" | "balanced";

/** The bags of one epoch. */
export function drawBags(train: readonly Labelled[], sampling: Sampling, random: Random): Labelled[] {
  if (sampling === "each") return random.shuffled(train);
  const classes = groupBy(train, ({ label }) => label);
  const groups = [...classes.entries()].sort(([a], [b]) => Number(a) - Number(b)).map(([, bags]) => bags);
  return train.map(() => {
    const group = groups[random.below(groups.length)] as Labelled[]; // a group for every label there is
    return group[random.below(group.length)] as Labelled;
  });
}

/** Whether bags of a task can be drawn so. Fails with `bad-study`. */
export function suitsSampling({ kind }: Task, sampling: Sampling): Outcome<null> {
  if (sampling === "each" || kind === "classify" || kind === "ordinal") return ok(null);
  return fail("bad-study", {
    expected: "a task of one class a bag for fit.sampling: balanced",
    received: kind,
    remedy: "leave fit.sampling out; the losses of this task are weighted by themselves",
  });
}
