/**
 * The model card for people, as Markdown (after Mitchell et al. 2019: who it is for, on what it was made, how well it does for whom,
 * where it ends). It stands beside model/model.json, which programs read. External results come before internal ones.
 */

import { BEYOND_NAMES } from "../report/answers/measure-name.ts";
import { extent } from "../report/finding-text.ts";
import { limitations } from "../report/limitation.ts";
import { counted, estimateText, listed, sentence } from "../report/number-text.ts";
import type { Estimate, PartScore } from "../report/score.ts";
import { verdict } from "../report/verdict.ts";
import { recalibrationFact, triageFact } from "./fact/beyond-fact.ts";
import * as data from "./fact/data-fact.ts";
import * as model from "./fact/model-fact.ts";
import { explanationFact, worstGroup } from "./fact/score-fact.ts";
import { titleFact } from "./fact/study-fact.ts";
import { isSynthetic, judgedParts, type Known, SYNTHETIC } from "./known.ts";
import { markdownText } from "./markdown-text.ts";

const NOT_RECORDED = "Not recorded in the judged input; the author must state it.";

/** The whole card. The same value gives the same bytes. */
export function modelCardText(known: Known): string {
  const blocks = [
    ...(isSynthetic(known) ? [`**${SYNTHETIC}**`] : []),
    `# Model card: ${markdownText(known.title)}`,
    markdownText(titleFact(known)),
    ...intendedUse(known),
    ...about(known),
    ...performance(known),
    ...calibration(known),
    ...triage(known),
    ...subgroups(known),
    ...auditBlock(known),
    ...limits(known),
    ...licence(known),
    ...provenance(known),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function intendedUse(known: Known): string[] {
  return [
    "## Intended use",
    bullets([
      "Research use only. Not a medical device; not for decisions about patients.",
      model.outputFact(known),
      "Who the model is meant for, and where in the pathway of care: the author must state it.",
      "Out of scope: other organs, stains, scanners or ways of choosing patients than those below, unless tested there.",
    ]),
  ];
}

function about(known: Known): string[] {
  const facts = [
    data.sourceFact(known),
    data.settingFact(known),
    data.partsFact(known),
    data.datesFact(known),
    data.exclusionFact(known),
    data.missingFact(known),
  ];
  const made = [
    model.modelFact(known),
    model.predictorFact(known),
    model.fitFact(known),
    model.choiceFact(known),
    model.ensembleFact(known),
  ];
  return ["## Data and parts", factList(facts), "## Model", factList(made)];
}

function performance({ card, report }: Known): string[] {
  const rows: [string, (p: PartScore) => Estimate][] = [
    ["AUROC", (p) => p.auroc],
    ["AUPRC", (p) => p.auprc],
    ["Accuracy", (p) => p.accuracy],
    ["Balanced accuracy", (p) => p.balancedAccuracy],
  ];
  const beside = beyondRows(card);
  const pool = card.baselines?.meanPool;
  const more: [string, Estimate | null | undefined, Estimate | null | undefined][] = [
    ["AUROC, mean pool (baseline)", pool?.external, pool?.internal],
    ["AUROC, site alone (baseline)", null, card.baselines?.siteOnly],
  ];
  return [
    "## Performance",
    ...(report === null ? [] : [markdownText(verdict(report).join(" "))]),
    besideTable(card, rows, [...beside, ...(card.baselines === undefined ? [] : more)]),
  ];
}

/** Calls and grades, where the scorecard holds them. */
function beyondRows({ external, internal }: Known["card"]): [string, Estimate | undefined, Estimate | undefined][] {
  const of = (part: PartScore | null) => ({ ...part?.more, ...part?.ordinal });
  const [out, inside] = [of(external), of(internal)];
  const names = [...new Set([...Object.keys(inside), ...Object.keys(out)])];
  return names.map((name) => {
    const text = BEYOND_NAMES[name] ?? name;
    return [`${text.charAt(0).toUpperCase()}${text.slice(1)}`, out[name], inside[name]];
  });
}

function triage(known: Known): string[] {
  const told = triageFact(known);
  return told === null ? [] : ["## Triage", markdownText(told)];
}

function calibration(known: Known): string[] {
  const { card } = known;
  const tried = recalibrationFact(known);
  const rows: [string, (p: PartScore) => Estimate][] = [
    ["Brier score (0 is best)", (p) => p.brier],
    ["ECE (0 is best)", (p) => p.ece],
    ["Slope (1 is best)", (p) => p.calibration.slope],
    ["Intercept (0 is best)", (p) => p.calibration.intercept],
    ["In the large (0 is best)", (p) => p.calibration.inTheLarge],
  ];
  return ["## Calibration", besideTable(card, rows, []), ...(tried === null ? [] : [markdownText(tried)])];
}

function besideTable(
  card: Known["card"],
  rows: readonly [string, (p: PartScore) => Estimate][],
  more: readonly [string, Estimate | null | undefined, Estimate | null | undefined][],
): string {
  const cell = (e: Estimate | null | undefined): string => (e ? markdownText(estimateText(e)) : "none");
  const { external, internal } = card;
  return [
    "| measure | external | internal |",
    "|---|---|---|",
    ...rows.map(([name, of]) => `| ${name} | ${cell(external && of(external))} | ${cell(of(internal))} |`),
    ...more.map(([name, e, i]) => `| ${name} | ${cell(e)} | ${cell(i)} |`),
  ].join("\n");
}

function subgroups({ card }: Known): string[] {
  const blocks = judgedParts(card).flatMap(({ name, part }) => {
    if (part.subgroups.length === 0) return [];
    const worst = worstGroup(part);
    const said =
      worst === null
        ? `No group of the ${name} part has a defined AUROC.`
        : `Lowest of the ${name} part: ${worst.column} ${worst.group}, AUROC ${estimateText(worst.auroc)}; all patients together ${estimateText(part.auroc)}.`;
    const rows = part.subgroups.map(
      (s) => `| ${[name, s.column, s.group, String(s.n), estimateText(s.auroc)].map(markdownText).join(" | ")} |`,
    );
    return [
      markdownText(said),
      ["| part | column | group | patients | AUROC |", "|---|---|---|---:|---|", ...rows].join("\n"),
    ];
  });
  return [
    "## Subgroups",
    ...(blocks.length === 0
      ? ["No subgroup was asked for or recorded; how the model does for whom is not known."]
      : blocks),
  ];
}

function auditBlock({ card, report }: Known): string[] {
  const found = card.audit ?? report?.audit;
  if (found === undefined)
    return ["## Audit", "The cohort behind these predictions was not audited: leaks and shortcuts are not excluded."];
  const why = new Map((report?.asked.allow ?? []).map((a) => [a.finding, a.why]));
  const lines = found.findings.map((f) => {
    const allowed = f.severity === "refuse" ? ` Let through; reason given: ${why.get(f.kind) ?? "none"}.` : "";
    return `${f.severity}: ${f.kind}${f.column === undefined ? "" : ` (${f.column})`}, ${extent(f)}. ${sentence(f.effect)}${allowed}`;
  });
  const skipped = found.skipped.map((s) => `not checked: ${s.check}, ${s.reason}`);
  const all = [...lines, ...skipped];
  return ["## Audit", all.length === 0 ? "Nothing was found and every check was made." : bullets(all)];
}

function limits(known: Known): string[] {
  const { report } = known;
  const seen = explanationFact(known);
  const list =
    report === null
      ? [
          "Only the predictions were judged: how the model was made, and on whom, is not known here.",
          "Research use only. This is not a medical device, and nothing here supports a decision about a patient.",
        ]
      : limitations(report);
  return ["## Limits", bullets([...list, ...(seen === null ? [] : [seen])])];
}

function licence({ report }: Known): string[] {
  if (report === null) return ["## Licence of the encoder", NOT_RECORDED];
  const { name, licence: terms, source } = report.asked.encoder;
  const said =
    terms === null
      ? `The licence of ${name} is not recorded; find it out before the model is passed on.`
      : `${name}: ${terms}.`;
  return [
    "## Licence of the encoder",
    markdownText(
      `${said}${source === null ? "" : ` Source: ${source}.`} The terms of the encoder bind what is made with it.`,
    ),
  ];
}

function provenance(known: Known): string[] {
  const { facts, report, card } = known;
  if (facts === null) {
    return ["## Provenance", markdownText(card.file === undefined ? NOT_RECORDED : `Judged from ${card.file}.`)];
  }
  const hashes = facts.hashes.map(([file, hash]) => `| ${markdownText(file)} | ${markdownText(hash)} |`);
  return [
    "## Provenance",
    bullets([
      `Made with ${listed(facts.versions.map(([name, version]) => `${name} ${version}`))}; seed ${facts.seed}.`,
      ...(report === null ? [] : [`Again with: ${report.provenance.command}`]),
      `${counted(facts.hashes.length, "file")} known by their hash; all inputs in provenance.json.`,
    ]),
    ["| what | SHA-256 |", "|---|---|", ...hashes].join("\n"),
  ];
}

function factList(facts: readonly (string | null)[]): string {
  const said = facts.filter((f) => f !== null);
  return said.length === 0 ? NOT_RECORDED : bullets(said);
}

function bullets(lines: readonly string[]): string {
  return lines.map((l) => `- ${markdownText(l)}`).join("\n");
}
