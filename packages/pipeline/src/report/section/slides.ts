/** Every slide of the cohort: state, scale and where it came from, part, label, prediction. */
import { html, imageSource, type Markup } from "../html.ts";
import { count, counted, decimal } from "../number-text.ts";
import { partText, positiveProbability, predictedClass } from "../prediction-text.ts";
import type { Asked, ReportData, ReportLimits, SlideEntry } from "../report-data.ts";
import { scroll } from "../table.ts";
import type { Section } from "./section.ts";

const NUMERIC = new Set(["Tiles", "µm per pixel"]);

export function slidesSection(data: ReportData, limits: ReportLimits): Section {
  const rows = data.slides.slice(0, limits.rows ?? 2000);
  const pictured = data.slides.length <= (limits.thumbnails ?? 200) && data.slides.some((s) => s.thumbnail !== null);
  const probability = data.asked.classes.length === 2 ? `Probability of ${data.asked.positive}` : "Probability";
  const inWords = data.slides.some((s) => s.answer !== undefined);
  const columns = [
    "Slide",
    "Part",
    "Label",
    ...(inWords ? ["Answer"] : ["Called", probability]),
    "State",
    "Tiles",
    "µm per pixel",
    "Patient",
    "Site",
  ];
  const head = html`${pictured && html`<th scope="col" data-still>Picture</th>`}${columns.map(
    (c) => html`<th scope="col"${NUMERIC.has(c) || c === probability ? html` class="num"` : null}>${c}</th>`,
  )}`;
  return {
    id: "slides",
    title: "Every slide",
    body: html`${leftOut(data, rows.length, pictured)}${scroll(
      "Every slide",
      html`<table data-sortable><caption>${counted(rows.length, "slide")}</caption><thead><tr>${head}</tr></thead>
<tbody>${rows.map((s) => row(s, pictured, inWords ? html`<td class="word">${s.answer ?? ""}</td>` : prediction(s, data.asked)))}</tbody></table>`,
    )}`,
  };
}

function leftOut(data: ReportData, shown: number, pictured: boolean): Markup {
  const left = data.slides.length - shown;
  const pictures = !pictured && data.slides.some((s) => s.thumbnail !== null);
  return html`${left > 0 && html`<p class="note">The first ${count(shown)} of ${count(data.slides.length)} slides are shown; all of them are in slides.csv and predictions.csv.</p>`}
${pictures && html`<p class="note">Thumbnails were left out to keep this file small.</p>`}`;
}

function row(s: SlideEntry, pictured: boolean, answer: Markup): Markup {
  const picture =
    pictured &&
    html`<td class="pic">${s.thumbnail !== null && html`<img src="${imageSource(s.thumbnail)}" alt="thumbnail of ${s.slide}" loading="lazy">`}</td>`;
  const state =
    s.failure === null
      ? html`<span class="tag done">${s.state}</span>`
      : html`<span class="tag failed">${s.state}: ${s.failure.kind}</span>`;
  return html`<tr>${picture}<th scope="row" class="word">${s.slide}</th><td>${partText(s)}</td><td>${s.label ?? "missing"}</td>${answer}<td>${state}</td>
<td class="num" data-key="${s.tiles ?? ""}">${s.tiles === null ? "" : count(s.tiles)}</td><td class="num" data-key="${s.mpp ?? ""}">${scale(s)}</td><td>${s.patient}</td><td>${s.site ?? "unknown"}</td></tr>`;
}

function scale(s: SlideEntry): string {
  if (s.mpp === null) return "unknown";
  const value = String(Math.round(s.mpp * 10000) / 10000);
  if (s.mppSource !== "given") return value;
  return s.mppInFile === null || s.mppInFile === s.mpp
    ? `${value} (given)`
    : `${value} (given; file ${Math.round(s.mppInFile * 10000) / 10000})`;
}

function prediction(s: SlideEntry, asked: Asked): Markup {
  const called = predictedClass(s, asked);
  if (called === null) return html`<td></td><td class="num"></td>`;
  const isWrong = s.label !== null && s.label !== called.name;
  const p = asked.classes.length === 2 ? positiveProbability(s, asked) : called.probability;
  const mark = isWrong && html` <span class="tag wrong">not the label</span>`;
  return html`<td>${called.name}${mark}</td><td class="num">${p !== null && decimal(p)}</td>`;
}
