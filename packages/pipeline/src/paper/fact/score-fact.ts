/** What the scorecard says, as sentences. Plain text; null where there is nothing to say. */

import { count, counted, estimateText, listed, percent, sentence } from "../../report/number-text.ts";
import type { ReportData } from "../../report/report-data.ts";
import type { Known } from "../known.ts";
import { judgedParts, type Reading, type ReadingPart } from "../reading/reading.ts";
import { readingsOf } from "../reading/readings.ts";
import { intervalMethods } from "./interval-method.ts";
import { measuresText, partName, perPart, perReading } from "./per-part.ts";

/** The headline and its kin with interval and n, external before internal. */
export function performanceFact(known: Known): string | null {
  return perPart(known, (part) => measuresText(part.performance));
}

/** Whether what is foretold comes true; why not known, where a kind of answer has no such number. */
export function calibrationFact(known: Known): string | null {
  return perReading(known, (reading) => {
    if (judgedParts(reading).every((p) => p.calibration.length === 0)) return reading.noCalibration;
    return ofOne(reading, (part) => measuresText(part.calibration));
  });
}

/** The sentences of one reading's parts, without its name. */
function ofOne(reading: Reading, say: (part: ReadingPart) => string | null): string | null {
  const said = judgedParts(reading).flatMap((part) => {
    const text = say(part);
    return text === null ? [] : [sentence(`${part.role}: ${text}`)];
  });
  return said.length === 0 ? null : said.join(" ");
}

/** Label against call, in counts; why there are no calls, where there are none. */
export function confusionFact(known: Known): string | null {
  return perReading(known, (reading) => {
    const said = [ofOne(reading, (part) => part.calls), reading.noCalls].filter((s) => s !== null);
    return said.length === 0 ? null : said.join(" ");
  });
}

/** How many patients were called wrongly, or how far answers were off. */
export function failureFact(known: Known): string | null {
  return perPart(known, (part) => part.errors);
}

/** Patients and events behind each number, fold by fold too. */
export function eventFact(known: Known): string | null {
  return perPart(known, (part) => {
    const folds = part.folds.map((f) => `fold ${f.fold}: ${f.n}`);
    return `${whoText(part)}, ${counted(part.bags, "bag")}${folds.length < 2 ? "" : `; ${folds.join(", ")}`}`;
  });
}

/** "40 patients (20 wild, 20 mutant)". */
export function whoText({ n, counts }: ReadingPart): string {
  return `${counted(n, "patient")}${counts.length === 0 ? "" : ` (${counts.join(", ")})`}`;
}

/** What the size of the parts supports. */
export function sizeFact(known: Known): string | null {
  return perPart(known, (part) => part.size);
}

/** The headline of each recorded group; the worst one named. */
export function subgroupFact(known: Known): string | null {
  return perPart(known, (part) => {
    if (part.groups.length === 0) return null;
    const groups = part.groups.map((s) => `${s.column} ${s.group} ${estimateText(s.measure)}`);
    const worst = worstGroup(part);
    const last = worst === null ? "" : `; lowest: ${worst.column} ${worst.group} with ${estimateText(worst.measure)}`;
    return `${groups.join("; ")}${last}`;
  });
}

/** The group of lowest headline among those where it is defined; null where there is none. */
export function worstGroup({ groups }: ReadingPart): ReadingPart["groups"][number] | null {
  return groups.reduce<ReadingPart["groups"][number] | null>((worst, group) => {
    const value = group.measure.value;
    if (value === null) return worst;
    return worst === null || value < (worst.measure.value as number) ? group : worst;
  }, null);
}

/** How numbers vary over sites and folds. */
export function clusterFact({ card }: Known): string | null {
  const said = readingsOf(card).flatMap((reading) =>
    judgedParts(reading).flatMap((part) => {
      const sites = part.groups.filter((s) => s.column === "site");
      const rows =
        sites.length > 0
          ? sites.map((s) => [s.group, s.measure] as const)
          : part.folds.map((f) => [`fold ${f.fold}`, f.measure] as const);
      if (rows.length < 2) return [];
      const what = `${partName(reading, part)} ${reading.headline} by ${sites.length > 0 ? "site" : "fold"}`;
      return [`${what}: ${rows.map(([who, e]) => `${who} ${estimateText(e)}`).join("; ")}`];
    }),
  );
  return said.length === 0 ? null : said.map(sentence).join(" ");
}

/** Measures and how intervals were made. */
export function measureFact(known: Known): string | null {
  return perReading(known, (reading) => {
    const all = judgedParts(reading).flatMap(({ measures }) => measures);
    if (all.length === 0) return null;
    const names = [...new Set(all.map(({ name }) => name))];
    const methods = intervalMethods(all.map(({ name, estimate }) => [name, estimate]));
    const intervals = methods === null ? "No interval could be given." : `Intervals: ${methods}.`;
    return sentence(`${listed(names)}${reading.alsoMeasured}. The unit is the patient. ${intervals}`);
  });
}

/** Simpler predictors on the same patients. */
export function baselineFact(known: Known): string | null {
  return perReading(known, ({ baselines, headline }) => {
    const said = (baselines ?? []).flatMap((b) =>
      (["external", "internal"] as const).flatMap((role) => {
        const e = b[role];
        return e === null ? [] : [`${b.told[role]}: ${headline} ${estimateText(e)}`];
      }),
    );
    return said.length === 0 ? null : sentence(`compared on the same patients: ${said.join("; ")}`);
  });
}

/** Who was judged inside. */
export function internalFact(known: Known): string | null {
  return perReading(known, ({ internal: { n } }) => {
    if (n === 0) return null;
    return known.report === null
      ? `${counted(n, "patient")} of the part test.`
      : `Test patients of all folds, each predicted by a model that had not seen the patient: ${counted(n, "patient")}.`;
  });
}

/** Who was judged outside; null without an external part. */
export function externalFact(known: Known): string | null {
  const where = known.report === null ? "" : " of sites that took part in nothing";
  return perReading(known, ({ external }) => (external === null ? null : `${counted(external.n, "patient")}${where}.`));
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
  return `Heatmaps show attention (where the weight lay) and contribution (what each tile added to the ${sumText(report.heatmaps)}).${checked}`;
}

const FOUND: Readonly<Record<NonNullable<NonNullable<ReportData["heatmaps"]>["method"]>, string>> = {
  exact: "exact",
  "exact-mixed": "exact for tokens that have seen other tiles",
  "integrated-gradients": "by integrated gradients",
  "gradient-input": "the gradient times the tile",
};

/** What contributions add up to, and how they were found. */
function sumText({ unit = "log-odds", method = "exact", className }: NonNullable<ReportData["heatmaps"]>): string {
  return `${unit}${unit === "log-odds" ? "" : ` of ${className}`}; ${FOUND[method]}`;
}
