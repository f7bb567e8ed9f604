/** Follow-up: for each patient the time to the event, or to when they were last seen. */
import { fail, type Outcome, ok } from "@nacre/core";

export interface FollowUp {
  /** Above or at 0, in any unit. */
  readonly time: ArrayLike<number>;
  /** 1 where the event came, 0 where the follow-up ended before it. */
  readonly event: ArrayLike<number>;
}

/** Fails with not-finite or bad-value (a negative time). @throws RangeError for lists of other lengths, or an event other than 0 and 1 */
export function checkFollowUp({ time, event }: FollowUp, n: number, part: string): Outcome<null> {
  if (time.length !== n || event.length !== n) {
    throw new RangeError(
      `expected ${n} times and events in the ${part} part, received ${time.length} and ${event.length}`,
    );
  }
  for (let i = 0; i < n; i++) {
    const t = time[i] as number;
    const e = event[i] as number;
    if (e !== 0 && e !== 1)
      throw new RangeError(`expected events of 0 or 1 in the ${part} part, received ${e}; recode them`);
    if (!Number.isFinite(t)) {
      return fail("not-finite", {
        expected: `a finite follow-up time for every row of the ${part} part`,
        received: `${t} in row ${i}`,
        remedy: "leave the row out, or correct its time",
      });
    }
    if (t < 0) {
      return fail("bad-value", {
        expected: `follow-up times of at least 0 in the ${part} part`,
        received: `${t} in row ${i}`,
        remedy: "count the time from the day on which the patient entered",
      });
    }
  }
  return ok(null);
}

/** Fails with `too-few` where no event came: nothing can be learned about when it does. */
export function checkEvents({ event }: FollowUp, part: string): Outcome<null> {
  const n = event.length;
  if (Array.from(event).some((e) => e === 1)) return ok(null);
  return fail("too-few", {
    expected: `at least one event in the ${part} part`,
    received: `${n} patients, all censored`,
    remedy: "follow them for longer, use fewer folds, or check how the event column is coded",
  });
}
