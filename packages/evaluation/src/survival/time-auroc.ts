/**
 * AUROC at a time t, cumulative and dynamic (Heagerty, Lumley and Pepe 2000; weights of Uno, Cai, Tian and Wei 2007): the chance that a
 * patient who had the event by t is scored above one still without it after t, equal risks half. Patients censored by t
 * belong to neither; those with the event weigh 1 / G(T-), G the curve of censoring, so as to stand for them.
 */
import { weightedAuroc } from "../metric/auroc.ts";
import { type Metric, ready, undefinedBecause } from "../metric/metric.ts";
import { checkSurvival, checkTime } from "./check.ts";
import type { SurvivalSample } from "./sample.ts";
import { censoringCurve, timeline } from "./timeline.ts";

/** @throws {RangeError} for a time that is negative or not finite; for samples as `harrellMetric`. */
export function timeAuroc(t: number): Metric<SurvivalSample> {
  checkTime(t);
  return {
    name: `auroc@${t}`,
    title: `AUROC at ${t}, cumulative and dynamic`,
    perfect: 1,
    range: [0, 1],
    prepare(sample) {
      checkSurvival(sample);
      const { n, time, event, risk } = sample;
      const isCase = event.map((e, i) => (e === 1 && (time[i] as number) <= t ? 1 : 0));
      const reason = unseparated(sample, isCase, t);
      if (reason !== null) return undefinedBecause(reason);
      const line = timeline(time, event);
      const auroc = weightedAuroc(risk, isCase);
      return ready((weights) => {
        const followed = censoringCurve(line, weights);
        const counted = new Float64Array(n);
        for (let i = 0; i < n; i++) {
          const w = weights[i] as number;
          if (w === 0) continue;
          if (isCase[i] === 1) counted[i] = w / (followed[line.group[i] as number] as number);
          else if ((time[i] as number) > t) counted[i] = w;
        }
        return auroc(counted);
      });
    },
  };
}

function unseparated({ n, time, risk }: SurvivalSample, isCase: Uint8Array, t: number): string | null {
  if (n === 0) return "no patient";
  if (!isCase.includes(1)) return `no patient had the event by ${t}`;
  if (!time.some((s) => s > t)) return `nobody was followed beyond ${t} without the event`;
  return risk.every((r) => r === risk[0]) ? "every patient has the same risk" : null;
}
