/**
 * What must hold before anything is computed. Tables are parsed elsewhere, so a broken number here is a programmer's
 * mistake and throws; what is merely too little to say anything is a reason, not an error.
 */
import type { SurvivalCurves, SurvivalSample } from "./sample.ts";

/** @throws {RangeError} unless times are finite and 0 or more, events 0 or 1, and both of one length. */
export function checkFollowUp(time: ArrayLike<number>, event: ArrayLike<number>): void {
  sameLength("events", event.length, time.length);
  for (let i = 0; i < time.length; i++) {
    const t = time[i] as number;
    if (!(t >= 0 && t < Number.POSITIVE_INFINITY))
      refuse("a finite time of 0 or more", `${t} for patient ${i}`, "leave out patients without follow-up");
    const e = event[i] as number;
    if (e !== 0 && e !== 1)
      refuse("an event of 0 or 1", `${e} for patient ${i}`, "write 1 where the event came and 0 where it did not");
  }
}

/** @throws {RangeError} unless follow-up, risks and curves are finite, in range and of one length. */
export function checkSurvival(sample: SurvivalSample): void {
  const { n, time, event, risk, curves } = sample;
  sameLength("times", time.length, n);
  checkFollowUp(time, event);
  sameLength("risks", risk.length, n);
  const bad = risk.findIndex((r) => !Number.isFinite(r));
  if (bad >= 0) refuse("a finite risk", `${risk[bad]} for patient ${bad}`, "leave out patients without a prediction");
  if (curves !== null) checkCurves(curves, n);
}

/** @throws {RangeError} unless weights are finite and 0 or more, one for each patient. */
export function checkWeights(weights: ArrayLike<number>, n: number): void {
  sameLength("weights", weights.length, n);
  for (let i = 0; i < n; i++) {
    const w = weights[i] as number;
    if (!(w >= 0 && w < Number.POSITIVE_INFINITY))
      refuse("a finite weight of 0 or more", `${w} for patient ${i}`, "count a patient who is left out with 0");
  }
}

/** @throws {RangeError} unless the time is finite and 0 or more. */
export function checkTime(t: number): void {
  if (!(t >= 0 && t < Number.POSITIVE_INFINITY))
    refuse("a finite time of 0 or more", String(t), "give the time in the unit of the follow-up");
}

/** @throws {RangeError} unless there are at least `least` finite times of 0 or more, each later than the one before. */
export function checkAscending(times: readonly number[], least: number): void {
  if (times.length < least) refuse(`at least ${least} times`, String(times.length), "name more times");
  times.forEach((t, k) => {
    checkTime(t);
    if (k > 0 && !(t > (times[k - 1] as number)))
      refuse("ascending times", `${times[k - 1]} before ${t}`, "sort the times and name each once");
  });
}

/** Why nothing is known at t, or null. */
export function notFollowed(t: number, followUp: number): string | null {
  return t > followUp ? `nobody was followed to ${t}; the longest follow-up is ${followUp}` : null;
}

/** @throws {RangeError} when the lengths differ. */
export function sameLength(what: string, received: number, n: number): void {
  if (received !== n) refuse(`${n} ${what}, one for each patient`, String(received), "give both in the same order");
}

function checkCurves({ times, survival }: SurvivalCurves, n: number): void {
  checkAscending(times, 1);
  const size = n * times.length;
  if (survival.length !== size)
    refuse(
      `${size} survival values, [${n}, ${times.length}]`,
      String(survival.length),
      "give one row for each patient",
    );
  const bad = survival.findIndex((s) => !(s >= 0 && s <= 1));
  if (bad < 0) return;
  const place = `${survival[bad]} for patient ${Math.floor(bad / times.length)}`;
  refuse("a survival probability from 0 to 1", place, "give the chance of no event by each time");
}

function refuse(expected: string, received: string, remedy: string): never {
  throw new RangeError(`expected ${expected}, received ${received}; ${remedy}`);
}
