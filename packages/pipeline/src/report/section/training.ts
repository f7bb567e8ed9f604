/** How the fit went: epochs, the epoch kept, loss on train and tune a fold. */
import { lineChart } from "../chart/line-chart.ts";
import { html, type Markup } from "../html.ts";
import { count, decimal } from "../number-text.ts";
import type { FoldTraining, ReportData } from "../report-data.ts";
import { chartTable, table } from "../table.ts";
import type { Section } from "./section.ts";

export function trainingSection(data: ReportData): Section {
  const title = "Training";
  if (data.training.length === 0) return { id: "training", title, body: html`<p>No model was fitted in this run.</p>` };
  const heads = [
    { name: "Fold" },
    { name: "Epochs", numeric: true },
    { name: "Epoch kept", numeric: true },
    { name: "Train loss there", numeric: true },
    { name: "Tune loss there", numeric: true },
    { name: "Parameters", numeric: true },
  ];
  const rows = data.training.map((t) => {
    const best = t.history.find((h) => h.epoch === t.bestEpoch);
    return html`<tr><th scope="row">fold ${t.fold}</th><td class="num">${count(t.epochs)}</td><td class="num">${count(t.bestEpoch)}</td>
<td class="num">${best === undefined ? "" : decimal(best.trainLoss)}</td><td class="num">${best?.tuneLoss == null ? "" : decimal(best.tuneLoss)}</td><td class="num">${count(t.parameters)}</td></tr>`;
  });
  return {
    id: "training",
    title,
    body: html`<p>The epoch kept is the one of least loss on the tune part. Test and external patients were not looked at.</p>${table("Fit of each fold", heads, rows)}
<div class="charts">${data.training.slice(0, 10).map((t) => lossChart(t, data.lossName ?? "cross-entropy"))}</div>`,
  };
}

function lossChart(t: FoldTraining, name: string): Markup | null {
  if (t.history.length === 0) return null;
  const train = t.history.map((h) => ({ x: h.epoch, y: h.trainLoss }));
  const tune = t.history.flatMap((h) => (h.tuneLoss === null ? [] : [{ x: h.epoch, y: h.tuneLoss }]));
  const top = Math.max(...train.map((p) => p.y), ...tune.map((p) => p.y), 1e-6);
  const last = Math.max(...train.map((p) => p.x), 1);
  const first = Math.min(...train.map((p) => p.x), last - 1);
  const kept = tune.filter((p) => p.x === t.bestEpoch).map((p) => ({ ...p, low: null, high: null }));
  return lineChart({
    id: `loss-${t.fold}`,
    title: `Loss, fold ${t.fold}`,
    description: `Loss on the train and tune parts over ${t.history.length} epochs; epoch ${t.bestEpoch} was kept.`,
    x: { name: "epoch", domain: [first, last], digits: 0 },
    y: { name, domain: [0, top * 1.05], digits: 2 },
    series: [
      { role: "train", name: "train", points: train },
      ...(tune.length === 0
        ? []
        : [{ role: "tune" as const, name: "tune (mark: the epoch kept)", points: tune, marks: kept }]),
    ],
    after: chartTable(
      "losses",
      ["epoch", "train", "tune"],
      t.history.map((h) => [h.epoch, decimal(h.trainLoss), h.tuneLoss === null ? "" : decimal(h.tuneLoss)]),
    ),
  });
}
