/**
 * Where the model looked: slide, signed contribution and attention side by side, on one colour scale for all slides, so
 * that a benign slide stays pale. Percentiles within a slide are never used: they paint every slide red somewhere.
 */
import { LARGEST_INTEGRATED } from "../../explain/bag-evidence.ts";
import { html, imageSource, type Markup } from "../html.ts";
import { count, counted, decimal, digitsFor, signed } from "../number-text.ts";
import type { Pictures } from "../picture-budget.ts";
import { outcomeText } from "../prediction-text.ts";
import type { Colour, HeatmapEntry, HeatmapSet, ReportData } from "../report-data.ts";
import type { Section } from "./section.ts";

export function heatmapsSection(data: ReportData, pictures: Pictures): Section {
  const set = data.heatmaps;
  const title = "Heatmaps";
  if (set === null || set.entries.length === 0)
    return { id: "heatmaps", title, body: html`<p>No heatmap was drawn in this run.</p>` };
  return {
    id: "heatmaps",
    title,
    body: html`<p>${meaning(set)} <strong>Attention</strong> is how much weight a tile was given, whatever it spoke for. <strong>Attention is not causation</strong>, and neither is an annotation by a pathologist.</p>
${scales(set)}<p class="note">${set.choice} One scale for all slides: colours can be compared between slides. Activate a picture to enlarge it.</p>
${pictures.heatmaps.map((e) => entry(e, data))}
${pictures.heatmapsLeft > 0 && html`<p class="note">Heatmaps of ${counted(pictures.heatmapsLeft, "more slide")} were left out to keep this file small; they are in the folder heatmaps.</p>`}`,
  };
}

function meaning({ className, unit = "log-odds", method = "exact" }: HeatmapSet): Markup {
  const what = html`<strong>Contribution</strong> is what a tile added to or took from the ${unit} of <em>${className}</em>:`;
  switch (method) {
    case "exact":
      return html`${what} the contributions of a slide add up to
the ${unit} that its model gave it (to their mean, where several models were averaged).`;
    case "exact-mixed":
      return html`${what} contributions add up to the ${unit} that its model gave the slide, exactly for tokens that have seen other tiles: part of what is drawn at a tile may come from its surroundings.`;
    case "integrated-gradients":
      return html`${what} this model mixes tiles with each other, so its gradient was followed from a slide of mean train tiles to this one (integrated gradients); contributions add up to the difference of the two, within the error of the sum.
Slides of more than ${count(LARGEST_INTEGRATED)} tiles have the gradient of the end alone (gradient × input).`;
    case "gradient-input":
      return html`${what} this model mixes tiles with each other, so it is the gradient of the score times the distance of the tile from the mean train tile (gradient × input), which is true to the first order only; sums may differ from the answer.`;
  }
}

function entry(e: HeatmapEntry, data: ReportData): Markup {
  const slide = data.slides.find((s) => s.slide === e.slide);
  const odds = e.logOdds === null ? "" : ` · log-odds ${signed(e.logOdds)}`;
  return html`<article class="heat"><h4>${e.slide}</h4><p class="note">${slide === undefined ? "" : outcomeText(slide, data.asked)}${odds}</p>
<div class="trio">${picture(e, e.thumbnail, "slide")}${picture(e, e.contribution, "contribution")}${picture(e, e.attention, "attention")}</div></article>`;
}

function picture(e: HeatmapEntry, url: string, what: string): Markup {
  return html`<figure><label><input type="checkbox" aria-label="enlarge ${what} of ${e.slide}"><img src="${imageSource(url)}" width="${e.width}" height="${e.height}" alt="${what} of ${e.slide}" loading="lazy"></label><figcaption>${what}</figcaption></figure>`;
}

function scales(set: HeatmapSet): Markup {
  const s = set.contributionScale;
  const digits = digitsFor(s);
  const method = METHOD_NAMES[set.method ?? "exact"];
  return html`<div class="scales">${scaleBar(
    `Contribution of a tile, ${set.unit ?? "log-odds"}${method}`,
    set.contributionColours,
    [`${signed(-s, digits)} or less`, "0", `${signed(s, digits)} or more`],
    [`against ${set.className}`, `for ${set.className}`],
  )}${scaleBar(
    "Attention of a tile, times an even share",
    set.attentionColours,
    ["0", decimal(set.attentionScale / 2, 1), `${decimal(set.attentionScale, 1)} or more`],
    ["ignored", "weighted"],
  )}</div>`;
}

const METHOD_NAMES = {
  exact: "",
  "exact-mixed": " (exact for tokens that have seen other tiles)",
  "integrated-gradients": " (integrated gradients)",
  "gradient-input": " (gradient × input)",
} as const;

function scaleBar(
  name: string,
  colours: readonly Colour[],
  ticks: readonly [string, string, string],
  ends: readonly [string, string],
): Markup {
  const width = 320 / Math.max(1, colours.length);
  return html`<svg viewBox="0 0 340 74" role="img" aria-label="${name}: from ${ticks[0]} (${ends[0]}) to ${ticks[2]} (${ends[1]})">
<text class="axis" x="10" y="14">${name}</text>
${colours.map((c, i) => html`<rect x="${10 + i * width}" y="22" width="${width + 0.5}" height="16" fill="rgb(${channel(c[0])},${channel(c[1])},${channel(c[2])})"/>`)}
<text class="tick" x="10" y="52">${ticks[0]}</text><text class="tick" x="170" y="52" text-anchor="middle">${ticks[1]}</text><text class="tick" x="330" y="52" text-anchor="end">${ticks[2]}</text>
<text class="tick" x="10" y="67">${ends[0]}</text><text class="tick" x="330" y="67" text-anchor="end">${ends[1]}</text></svg>`;
}

function channel(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
