/** The tiles that spoke most for and most against, with their place, for a pathologist to look at. */
import { html, imageSource, type Markup } from "../html.ts";
import { count, counted, digitsFor, percent, signed } from "../number-text.ts";
import type { Pictures } from "../picture-budget.ts";
import { outcomeText } from "../prediction-text.ts";
import type { ReportData, SlideTiles, TileEvidence } from "../report-data.ts";
import type { Section } from "./section.ts";

export function tilesSection(data: ReportData, pictures: Pictures): Section {
  const title = "Tiles that spoke for and against";
  if (data.tiles.length === 0) return { id: "tiles", title, body: html`<p>No tile was chosen in this run.</p>` };
  return {
    id: "tiles",
    title,
    body: html`<p>Under each tile: its contribution in ${data.heatmaps?.unit ?? "log-odds"}, its share of the attention, and its top-left corner in level-0 pixels of the slide.</p>
${pictures.tiles.map((s) => slideTiles(s, data))}
${pictures.tilesLeft > 0 && html`<p class="note">Tiles of ${counted(pictures.tilesLeft, "more slide")} were left out to keep this file small; their places are in the folder heatmaps.</p>`}`,
  };
}

function slideTiles(s: SlideTiles, data: ReportData): Markup {
  const digits = digitsFor(Math.max(...[...s.top, ...s.bottom].map((t) => Math.abs(t.contribution))));
  const slide = data.slides.find((e) => e.slide === s.slide);
  return html`<article class="heat"><h4>${s.slide}</h4><p class="note">${slide === undefined ? "" : outcomeText(slide, data.asked)}</p>
${strip(`Most for ${s.className}`, s.top, digits)}${strip(`Most against ${s.className}`, s.bottom, digits)}</article>`;
}

function strip(name: string, tiles: readonly TileEvidence[], digits: number): Markup {
  if (tiles.length === 0) return html`<p class="undefined">${name}: none.</p>`;
  return html`<p class="note">${name}</p><div class="strip">${tiles.map(
    (t) =>
      html`<figure><img src="${imageSource(t.image)}" alt="tile at ${t.x}, ${t.y}" loading="lazy"><figcaption><strong>${signed(t.contribution, digits)}</strong><br>attention ${percent(t.attention, 2)}<br>x ${count(t.x)}, y ${count(t.y)}</figcaption></figure>`,
  )}</div>`;
}
