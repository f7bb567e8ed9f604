/** Numbers of tiles as colours with a legend. The scale is made from this slide alone, and the legend says so. */
import { colourOf, type HeatmapOptions } from "@nacre/imaging";
import type { Layer } from "./message.ts";

const STEPS = 32;
/** Share of the full colour where there is no attention: tissue stays seen, and that it was looked at too. */
const FAINTEST = 0.3;

/** @param attention [n], sums to 1 */
export function attentionLayer(attention: Float32Array): Layer {
  const times = attention.map((a) => a * attention.length);
  const scale = Math.max(1, largest(times));
  return {
    key: "attention",
    title: "Attention",
    meaning: `Where the model looked, as multiples of an even share of ${attention.length.toLocaleString("en-GB")} tiles. Attention is not a cause.`,
    low: "0",
    high: `${scale.toPrecision(2)} ×`,
    ...coloured(times, { scale, kind: "sequential" }, (value) => FAINTEST + (1 - FAINTEST) * (value / scale)),
  };
}

/** @param evidence [n], log odds that sum to the answer's */
export function evidenceLayer(evidence: Float32Array, positive: string): Layer {
  const scale = Math.max(1e-9, largest(evidence.map(Math.abs)));
  return {
    key: "evidence",
    title: `For or against ${positive}`,
    meaning: `What each tile adds to the log odds of ${positive}: red speaks for it, blue against it, white says nothing.`,
    low: `−${scale.toPrecision(2)}`,
    high: `+${scale.toPrecision(2)}`,
    ...coloured(evidence, { scale, kind: "signed" }, (value) => Math.sqrt(Math.abs(value) / scale)),
  };
}

function coloured(values: Float32Array, options: HeatmapOptions, strengthOf: (value: number) => number) {
  const rgb = new Uint8Array(values.length * 3);
  for (const [i, value] of values.entries()) rgb.set(colourOf(value, options), 3 * i);
  const low = options.kind === "signed" ? -options.scale : 0;
  const legend = Array.from({ length: STEPS }, (_, i) => {
    const [r, g, b] = colourOf(low + ((options.scale - low) * i) / (STEPS - 1), options);
    return `rgb(${r} ${g} ${b})`;
  });
  return { rgb, legend, strength: values.map(strengthOf) };
}

const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, value), 0);
