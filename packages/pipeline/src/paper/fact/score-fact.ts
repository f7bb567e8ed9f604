/** What the scorecard says, as sentences. Plain text; null where there is nothing to say. */

import { count, counted, decimal, estimateText, listed, percent, sentence } from "../../report/number-text.ts";
import { partMeasures } from "../../report/part-measures.ts";
import type { PartScore } from "../../report/score.ts";
import { FEW } from "../../report/verdict.ts";
import { judgedParts, type Known } from "../known.ts";
import { intervalMethods } from "./interval-method.ts";

/** AUROC and its kin with interval and n, external before internal. */
export function performanceFact({ card }: Known): string | null {
  return perPart(card, (part) =>
    [
      `AUROC ${estimateText(part.auroc)}`,
      `AUPRC ${estimateText(part.auprc)}`,
      `balanced accuracy ${estimateText(part.balancedAccuracy)}`,
    ].join(", "),
  );
}

/** Brier score, ECE, slope and intercept. */
export function calibrationFact({ card }: Known): string | null {
  return perPart(card, (part) =>
    [
      `Brier score ${estimateText(part.brier)}`,
      `ECE ${estimateText(part.ece)}`,
      `slope ${estimateText(part.calibration.slope)}`,
      `intercept ${estimateText(part.calibration.intercept)}`,
    ].join(", "),
  );
}

/** Label against call, in counts. */
export function confusionFact({ card }: Known): string | null {
  return perPart(card, (part) =>
    card.task.classes
      .map((name, i) => {
        const row = part.confusion[i] ?? [];
        return `${row[i] ?? 0} of ${row.reduce((a, b) => a + b, 0)} ${name} called ${name}`;
      })
      .join(", "),
  );
}

/** How many patients were called wrongly. */
export function failureFact({ card }: Known): string | null {
  return perPart(card, (part) => {
    const right = part.confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
    return `${part.n - right} of ${counted(part.n, "patient")} called wrongly`;
  });
}

/** Patients and events behind each number, fold by fold too. */
export function eventFact({ card }: Known): string | null {
  return perPart(card, (part) => {
    const classes = Object.entries(part.classes).map(([c, n]) => `${n} ${c}`);
    const folds = part.folds.map((f) => `fold ${f.fold}: ${f.n}`);
    return `${counted(part.n, "patient")} (${classes.join(", ")}), ${counted(part.bags, "bag")}${folds.length < 2 ? "" : `; ${folds.join(", ")}`}`;
  });
}

/** What the size of the parts supports. */
export function sizeFact({ card }: Known): string | null {
  return perPart(card, (part) => {
    const rarest = Math.min(...Object.values(part.classes));
    const advice = rarest < FEW ? `, fewer than the ${FEW} usually advised` : "";
    const { low, high } = part.auroc;
    const width = low === null || high === null ? "" : `; the AUROC is known within ${decimal(high - low, 2)}`;
    return `${counted(rarest, "patient")} in the rarest class${advice}${width}`;
  });
}

/** AUROC of each recorded group; the worst one named. */
export function subgroupFact({ card }: Known): string | null {
  const said = judgedParts(card).flatMap(({ name, part }) => {
    if (part.subgroups.length === 0) return [];
    const groups = part.subgroups.map((s) => `${s.column} ${s.group} ${estimateText(s.auroc)}`);
    const worst = worstGroup(part);
    const last = worst === null ? "" : `; lowest: ${worst.column} ${worst.group} with ${estimateText(worst.auroc)}`;
    return [`${name}: ${groups.join("; ")}${last}`];
  });
  return said.length === 0 ? null : said.map(sentence).join(" ");
}

/** The group of lowest AUROC among those where it is defined; null where there is none. */
export function worstGroup(part: PartScore): PartScore["subgroups"][number] | null {
  return part.subgroups.reduce<PartScore["subgroups"][number] | null>((worst, group) => {
    const value = group.auroc.value;
    if (value === null) return worst;
    return worst === null || value < (worst.auroc.value as number) ? group : worst;
  }, null);
}

/** How numbers vary over sites and folds. */
export function clusterFact({ card }: Known): string | null {
  const said = judgedParts(card).flatMap(({ name, part }) => {
    const sites = part.subgroups.filter((s) => s.column === "site");
    const rows =
      sites.length > 0
        ? sites.map((s) => [s.group, s.auroc] as const)
        : part.folds.map((f) => [`fold ${f.fold}`, f.auroc] as const);
    if (rows.length < 2) return [];
    return [
      `${name} AUROC by ${sites.length > 0 ? "site" : "fold"}: ${rows.map(([who, e]) => `${who} ${estimateText(e)}`).join("; ")}`,
    ];
  });
  return said.length === 0 ? null : said.map(sentence).join(" ");
}

/** Measures and how intervals were made. */
export function measureFact({ card }: Known): string | null {
  const all = judgedParts(card).flatMap(({ part }) => partMeasures(part));
  if (all.length === 0) return null;
  const names = [...new Set(all.map(([name]) => name))];
  const methods = intervalMethods(all);
  const intervals = methods === null ? "No interval could be given." : `Intervals: ${methods}.`;
  return `${listed(names)}, and net benefit over thresholds. The unit is the patient. ${intervals}`;
}

/** Simpler predictors on the same patients. */
export function baselineFact({ card }: Known): string | null {
  const { baselines } = card;
  if (baselines === undefined) return null;
  const pool = baselines.meanPool;
  const said = [
    pool?.external ? `mean pool, external: AUROC ${estimateText(pool.external)}` : null,
    pool?.internal ? `mean pool, internal: AUROC ${estimateText(pool.internal)}` : null,
    baselines.siteOnly ? `the site alone, no pixel: AUROC ${estimateText(baselines.siteOnly)}` : null,
  ].filter((s) => s !== null);
  return said.length === 0 ? null : sentence(`compared on the same patients: ${said.join("; ")}`);
}

/** What of the explanation was checked. */
export function explanationFact({ report }: Known): string | null {
  if (report === null) return null;
  if (report.heatmaps === null) return "No heatmap was drawn.";
  const truth = report.localisation;
  const checked =
    truth === undefined
      ? " Neither was compared with a person's annotation."
      : ` Against the known truth: ${percent(truth.mean)} on average and at least ${percent(truth.minimum)} of ${count(truth.slides)} slides. ${truth.rule}`;
  return `Heatmaps show attention (where the weight lay) and contribution (what each tile added to the log-odds; exact).${checked}`;
}

/** One sentence a part, of those that have something to say; null where none has. */
export function perPart(card: Known["card"], say: (part: PartScore) => string | null): string | null {
  const said = judgedParts(card).flatMap(({ name, part }) => {
    const text = say(part);
    return text === null ? [] : [sentence(`${name}: ${text}`)];
  });
  return said.length === 0 ? null : said.join(" ");
}
