/** Axes for values in any unit: rounded ends and as many decimals as the ticks need. */
import { scaleLinear } from "d3-scale";
import type { Axis } from "../chart/frame.ts";
import { decimal } from "../number-text.ts";

const TICKS = 5;

/** An axis that holds all of `values`; ends on round numbers. Values that are all the same get room on both sides. */
export function axisAround(name: string, values: readonly number[]): Axis {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of values) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  if (low > high) return axisOf(name, [0, 1]);
  const room = low === high ? Math.abs(low) / 10 || 1 : 0;
  const [from = 0, to = 1] = scaleLinear()
    .domain([low - room, high + room])
    .nice(TICKS)
    .domain();
  return axisOf(name, [from, to]);
}

/** A time with the decimals that follow-up of this length deserves: "1207", "3.25". */
export function timeText(time: number, followUp: number): string {
  const digits = followUp > 0 ? Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(followUp)))) : 0;
  return decimal(time, digits);
}

/** An axis with these ends, its ticks without superfluous decimals. */
export function axisOf(name: string, domain: readonly [number, number]): Axis {
  const [first = 0, second = 1] = scaleLinear().domain(domain).ticks(TICKS);
  const digits = Math.min(8, Math.max(0, -Math.floor(Math.log10(second - first) + 1e-9)));
  return { name, domain, digits, ticks: TICKS };
}
