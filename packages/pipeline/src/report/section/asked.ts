/** What the study asked, in one paragraph and a list of values. */
import { html, type Markup } from "../html.ts";
import { counted, decimal, listed } from "../number-text.ts";
import type { Asked, ReportData } from "../report-data.ts";
import type { Section } from "./section.ts";

export function askedSection(data: ReportData): Section {
  const a = data.asked;
  return {
    id: "asked",
    title: "What was asked",
    body: html`<p>${sentence(a)}</p><dl class="facts">${facts(a)}</dl>`,
  };
}

function sentence(a: Asked): string {
  const others = a.classes.filter((c) => c !== a.positive);
  const classes =
    a.classes.length === 2
      ? `tell ${a.positive} from ${others[0] ?? "the rest"}`
      : `tell ${a.classes.length} classes apart (${listed(a.classes)})`;
  const bag = a.bag === "slide" ? "Each slide is one bag of tiles" : `All slides of a ${a.bag} are one bag of tiles`;
  const task = a.question ?? `${classes} (column “${a.label}”)`;
  return `Can a model ${task} from whole slides, with labels for ${a.bag === "slide" ? "slides" : `${a.bag}s`} only and no drawn regions? ${bag}; a patient's prediction is the mean over that patient's bags, and every number in this report counts patients.`;
}

function facts(a: Asked): Markup[] {
  const tiles =
    a.tiles === null
      ? "features were read from disk"
      : `${a.tiles.size} px at ${a.tiles.mpp} µm per pixel (${decimal(a.tiles.size * a.tiles.mpp, 0)} µm a side), overlap ${a.tiles.overlap} px, at least ${decimal(a.tiles.minTissue * 100, 0)} % tissue${a.tiles.colours === undefined ? "" : `; ${a.tiles.colours}`}`;
  const split = `by ${a.split.by}, ${counted(a.split.folds, "fold")}${a.split.tune === null ? "" : `, ${decimal(a.split.tune * 100, 0)} % of each training part set aside to tune`}`;
  const rows: [string, string][] = [
    a.question === undefined
      ? ["Classes", a.classes.map((c) => (c === a.positive ? `${c} (positive)` : c)).join(", ")]
      : ["Parts balanced by", `${a.label}: ${a.classes.join(", ")}`],
    ["Tiles", tiles],
    [
      "Encoder",
      [a.encoder.name, `${a.encoder.dim} features`, a.encoder.licence, a.encoder.source]
        .filter((t) => t !== null)
        .join(" · "),
    ],
    ["Aggregator", [a.aggregator.title, a.aggregator.paper].filter((t) => t !== null).join(" · ")],
    ["Split", split],
    ["External sites", a.split.external.length === 0 ? "none" : listed(a.split.external)],
    ["Intervals", `95 %, ${counted(a.bootstrap, "bootstrap replicate")} over patients where the method says bootstrap`],
  ];
  return rows.map(([k, v]) => html`<dt>${k}</dt><dd>${v}</dd>`);
}
