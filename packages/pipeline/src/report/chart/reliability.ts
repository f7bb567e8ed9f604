/**
 * Reliability: observed share against mean predicted probability in bins, each with its interval, and how many patients
 * lie in each bin as bars below, since a point of three patients proves nothing.
 */
import type { ReliabilityBin } from "@nacre/evaluation";
import { html, type Markup } from "../html.ts";
import { count, counted, decimal } from "../number-text.ts";
import { chartTable } from "../table.ts";
import { at, type Frame } from "./frame.ts";
import { lineChart, type Mark, type Series } from "./line-chart.ts";

export interface ReliabilityPart {
  readonly role: "external" | "internal";
  readonly bins: readonly ReliabilityBin[];
}

/** A bin with patients in it. */
type Filled = ReliabilityBin & { readonly meanProbability: number; readonly observed: number };

const BELOW = 54;
const BAR = 34;

/** @param claim what the probability is of, for the axis: "mutant", "the predicted class"; `id` is unique within the page */
export function reliabilityChart(
  parts: readonly ReliabilityPart[],
  claim: string,
  { id = "reliability", title = "Reliability" }: { readonly id?: string; readonly title?: string } = {},
): Markup {
  const most = Math.max(1, ...parts.flatMap((p) => p.bins.map((b) => b.n)));
  return lineChart({
    id,
    title,
    description: `Observed share against predicted probability; on the diagonal the probabilities are true. Bars below: patients in each bin, at most ${most}.`,
    x: { name: `predicted probability of ${claim}`, domain: [0, 1] },
    y: { name: "observed share", domain: [0, 1] },
    below: BELOW,
    extra: (f) => bars(f, parts, most),
    series: [{ role: "reference", name: "perfect", points: [corner(0), corner(1)] }, ...parts.map(series)],
    after: html`<p class="note">Whiskers: 95 % Wilson intervals. Bars: patients in each bin, the highest is ${count(most)}.</p>${parts.map(
      (p) => html`${binTable(p.role, p.bins)}`,
    )}`,
  });
}

function corner(value: number): { x: number; y: number } {
  return { x: value, y: value };
}

function series(p: ReliabilityPart): Series {
  const n = p.bins.reduce((sum, b) => sum + b.n, 0);
  const marks = filled(p.bins).map(
    (b): Mark => ({ x: b.meanProbability, y: b.observed, low: b.observedLow, high: b.observedHigh }),
  );
  return { role: p.role, name: `${p.role}: ${counted(n, "patient")}`, points: [], marks };
}

function filled(bins: readonly ReliabilityBin[]): Filled[] {
  return bins.filter((b): b is Filled => b.n > 0 && b.meanProbability !== null && b.observed !== null);
}

/** Bars of the parts side by side at the middle of the bin. */
function bars(f: Frame, parts: readonly ReliabilityPart[], most: number): Markup {
  const base = f.height - 2;
  return html`<line class="grid" x1="${at(f.x(0))}" x2="${at(f.x(1))}" y1="${base}" y2="${base}"/><text class="tick" x="${at(f.x(0) - 6)}" y="${base}" text-anchor="end">patients</text>${parts.map(
    (p, i) =>
      filled(p.bins).map((b) => {
        const height = Math.max(1, (b.n / most) * BAR);
        const x = f.x((b.low + b.high) / 2) + (i - parts.length / 2) * 9;
        return html`<rect class="bar ${p.role}" x="${at(x)}" y="${at(base - height)}" width="8" height="${at(height)}"/>`;
      }),
  )}`;
}

function binTable(role: string, bins: readonly ReliabilityBin[]): Markup {
  return chartTable(
    role,
    ["predicted", "observed", "95 % interval", "n"],
    filled(bins).map((b) => [
      decimal(b.meanProbability),
      decimal(b.observed),
      b.observedLow === null || b.observedHigh === null
        ? "none"
        : `${decimal(b.observedLow)} to ${decimal(b.observedHigh)}`,
      count(b.n),
    ]),
  );
}
