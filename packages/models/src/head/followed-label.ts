/** Labels that are follow-up: checked, as lists and as targets. */
import { fail, type Outcome, type SurviveTask } from "@nacre/core";
import { checkFollowUp, type FollowUp } from "../survival/follow-up.ts";
import type { Followed, Label } from "./head.ts";

/** Times and events of labels, 1 for an event. @throws RangeError for labels of another form */
export function followUpOf(labels: readonly Label[], task: SurviveTask): FollowUp {
  const all = labels.map((label) => followedOf(label, task));
  return { time: all.map(({ time }) => time), event: all.map(({ event }) => (event ? 1 : 0)) };
}

/** Fails with no-events where all are censored, not-finite, or bad-value (a negative time). */
export function checkFollowed(followUp: FollowUp, { event }: SurviveTask): Outcome<null> {
  const n = followUp.time.length;
  const checked = checkFollowUp(followUp, n, "train");
  if (!checked.ok || Array.from(followUp.event).includes(1)) return checked;
  return fail("no-events", {
    expected: `at least one event in the train part (column ${event})`,
    received: `${n} bags, all censored`,
    remedy: "follow them for longer, use fewer folds, or check how the event column is coded",
  });
}

/** @throws RangeError for a label of another form */
export function followedOf(label: Label, { time, event }: SurviveTask): Followed {
  if (isFollowed(label)) return label;
  throw new RangeError(
    `expected { time, event }, a number and true or false, of ${time} and ${event}, received ${JSON.stringify(label)}`,
  );
}

function isFollowed(label: Label): label is Followed {
  return (
    typeof label === "object" && "time" in label && typeof label.time === "number" && typeof label.event === "boolean"
  );
}
