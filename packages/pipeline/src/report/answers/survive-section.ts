/** What a model of risks shows beside its numbers: curves by risk, who it ranks at which time, its error over time, its calibration. */
import type { SurvivalCalibration, SurviveScore } from "@nacre/evaluation";
import { lineChart, type Mark, type Series } from "../chart/line-chart.ts";
import { html, type Markup } from "../html.ts";
import { count, counted, decimal, estimateText, intervalText, pText, sentence } from "../number-text.ts";
import type { Section } from "../section/section.ts";
import { chartTable } from "../table.ts";
import type { AnswerPart } from "./answer-part.ts";
import { axisAround, timeText } from "./axis.ts";
import { kaplanMeierChart } from "./kaplan-meier-chart.ts";
import { timeChart } from "./time-chart.ts";

type Part = AnswerPart<SurviveScore>;

/** Curves, then the foretold survival where the table has one. */
export function surviveSections(parts: readonly Part[]): Section[] {
  return [
    { id: "curves", title: "Survival by risk", body: curves(parts) },
    { id: "time", title: "Over time", body: overTime(parts) },
    { id: "calibration", title: "Does what is foretold come true?", body: calibration(parts) },
  ];
}

function curves(parts: readonly Part[]): Markup {
  return html`<div class="charts">${parts
    .filter((p) => p.score.n > 0)
    .map((p) => kaplanMeierChart(p.name, p.score, logRankNote(p.score)))}</div>`;
}

function logRankNote({ logRank }: SurviveScore): Markup {
  if (logRank === null) return html`<p class="note">No log-rank test: the risks make no two groups.</p>`;
  if (logRank.p === null || logRank.chiSquared === null)
    return html`<p class="note">Log-rank test undefined: ${logRank.reason ?? "no reason recorded"}.</p>`;
  const groups = logRank.groups.map(
    (g) => `${g.group} ${count(g.observed)} events, ${decimal(g.expected, 1)} expected`,
  );
  return html`<p class="note">Log-rank test: chi-squared ${decimal(logRank.chiSquared, 2)} on ${counted(logRank.df, "degree")} of freedom, p ${pText(logRank.p)} (${groups.join("; ")}).</p>`;
}

function overTime(parts: readonly Part[]): Markup {
  const auroc = timeChart(
    parts.map(({ role, score }) => ({
      role,
      over: score.timeAuroc.map(({ time, auroc: estimate }) => ({ time, estimate })),
    })),
    {
      id: "time-auroc",
      title: "AUROC at a time",
      measure: "AUROC",
      reference: { name: "chance", value: 0.5 },
      reach: [0.4, 1],
    },
  );
  const brier = timeChart(
    parts.map(({ role, score }) => ({
      role,
      over: (score.brier?.over ?? []).map(({ time, brier: estimate, reference }) => ({ time, estimate, reference })),
    })),
    {
      id: "brier",
      title: "Brier score over time",
      measure: "Brier score",
      reference: "Kaplan-Meier of the same patients, one curve for everybody",
      reach: [0, 0.25],
    },
  );
  return html`<p>At each time: patients with the event by then against those followed longer, weighted for those lost before. ${brier !== null && "A Brier score that does not lie below the fine dots tells nobody apart."}</p>
<div class="charts">${auroc}${brier}</div>${auroc === null && html`<p class="undefined">No AUROC at a time: it needs events and patients followed beyond them.</p>`}${
    brier === null
      ? html`<p class="note">No Brier score and no calibration: the table foretells no survival (columns <code>s_&lt;time&gt;</code>).</p>`
      : integratedText(parts)
  }`;
}

function integratedText(parts: readonly Part[]): Markup {
  const said = parts.flatMap(({ name, score: { brier } }) => {
    if (brier?.integrated == null) return [];
    const { brier: own, reference } = brier.integrated;
    const beside = reference === null ? "" : `; Kaplan-Meier of the same patients has ${decimal(reference)}`;
    return [sentence(`${name}: integrated Brier score ${estimateText(own)}${beside}`)];
  });
  return html`<ul>${said.map((s) => html`<li>${s}</li>`)}</ul>`;
}

function calibration(parts: readonly Part[]): Markup {
  const times = [...new Set(parts.flatMap((p) => p.score.calibration.map((c) => c.time)))].sort((a, b) => a - b);
  if (times.length === 0)
    return html`<p class="undefined">Not known: the table foretells no survival. Add a column <code>s_&lt;time&gt;</code> for each time, the share without the event by then.</p>`;
  return html`<p>Groups of rising foretold risk: the mean foretold share with the event beside the share that Kaplan and Meier's curve of the group observed.</p>
<div class="charts">${times.map((time, i) => calibrationChart(parts, time, i))}</div>`;
}

function calibrationChart(parts: readonly Part[], time: number, index: number): Markup {
  const own = parts.flatMap(({ role, score }) => {
    const found = score.calibration.find((c) => c.time === time);
    return found === undefined ? [] : [{ role, found }];
  });
  const all = own.flatMap(({ found }) => found.groups.flatMap((g) => [g.predicted, g.observed.high ?? g.predicted]));
  const axis = axisAround("foretold share with the event", [0, ...all.map((v) => Math.min(1, v))]);
  const top = axis.domain[1];
  const perfect: Series = {
    role: "reference",
    name: "perfect",
    points: [
      { x: 0, y: 0 },
      { x: top, y: top },
    ],
  };
  const at = timeText(time, time);
  return lineChart({
    id: `calibration-${index}`,
    title: `By time ${at}`,
    description: `Observed share with the event by time ${at} against the foretold share, in groups of patients.`,
    x: axis,
    y: { ...axis, name: "observed share with the event" },
    series: [
      perfect,
      ...own.map(
        ({ role, found }): Series => ({ role, name: groupText(role, found), points: [], marks: marksOf(found) }),
      ),
    ],
    after: html`${own.map(({ role, found }) =>
      chartTable(
        role,
        ["foretold", "observed", "95 % interval", "n"],
        found.groups.map((g) => [
          decimal(g.predicted),
          g.observed.value === null ? `undefined: ${g.observed.reason ?? ""}` : decimal(g.observed.value),
          intervalText(g.observed) ?? "none",
          count(g.n),
        ]),
      ),
    )}`,
  });
}

function groupText(role: string, { ratio, n }: SurvivalCalibration): string {
  return `${role}: ${counted(n, "patient")}, observed over foretold ${ratio.value === null ? `undefined (${ratio.reason ?? ""})` : `${decimal(ratio.value, 2)} (${intervalText(ratio, 2) ?? "no interval"})`}`;
}

function marksOf({ groups }: SurvivalCalibration): Mark[] {
  return groups.flatMap(({ predicted, observed: { value, low, high } }) =>
    value === null ? [] : [{ x: predicted, y: value, low, high }],
  );
}
