/**
 * The model card for people, as Markdown (after Mitchell et al. 2019: who it is for, on what it was made, how well it does for whom,
 * where it ends). It stands beside model/model.json, which programs read. External results come before internal ones.
 */

import { extent } from "../report/finding-text.ts";
import { counted, estimateText, listed, sentence } from "../report/number-text.ts";
import type { Estimate } from "../report/score.ts";
import { recalibrationFact, triageFact } from "./fact/beyond-fact.ts";
import * as data from "./fact/data-fact.ts";
import { limitLines } from "./fact/limit-fact.ts";
import * as model from "./fact/model-fact.ts";
import { partName } from "./fact/per-part.ts";
import { explanationFact, worstGroup } from "./fact/score-fact.ts";
import { titleFact } from "./fact/study-fact.ts";
import { isSynthetic, type Known, SYNTHETIC } from "./known.ts";
import { markdownText } from "./markdown-text.ts";
import { type Baseline, judgedParts, type Named, type Reading, type ReadingPart } from "./reading/reading.ts";
import { readingsOf } from "./reading/readings.ts";

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
      ...model.outputLines(known),
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
  return [
    "## Performance",
    ...readingsOf(card).flatMap((reading) =>
      named(reading, [
        ...(report === null ? [] : said(reading.verdict(report))),
        besideTable(reading, (p) => p.performanceRows, reading.baselines ?? []),
      ]),
    ),
  ];
}

function triage(known: Known): string[] {
  const told = triageFact(known);
  return told === null ? [] : ["## Triage", markdownText(told)];
}

function calibration(known: Known): string[] {
  return [
    "## Calibration",
    ...readingsOf(known.card).flatMap((reading) => {
      const isKnown = [reading.internal, reading.external].some((p) => p !== null && p.calibrationRows.length > 0);
      const text = isKnown ? besideTable(reading, (p) => p.calibrationRows, []) : markdownText(reading.noCalibration);
      return named(reading, [text]);
    }),
    ...said(recalibrationFact(known)),
  ];
}

/** Under the name of its task, where there are several. */
function named({ name }: Reading, blocks: readonly string[]): string[] {
  return name === null ? [...blocks] : [`### ${markdownText(name)}`, ...blocks];
}

function said(text: string | null): string[] {
  return text === null ? [] : [markdownText(text)];
}

/** External beside internal; a row for each measure that either has. */
function besideTable(
  { external, internal, headline }: Reading,
  of: (part: ReadingPart) => readonly Named[],
  baselines: readonly Baseline[],
): string {
  const [outside, inside] = [external === null ? [] : of(external), of(internal)];
  const cell = (m: Omit<Named, "name"> | undefined): string =>
    m === undefined ? "none" : markdownText(estimateText(m.estimate, m.digits));
  const names = [...new Set([...inside, ...outside].map(({ name }) => name))];
  const find = (list: readonly Named[], name: string) => list.find((m) => m.name === name);
  const rival = (e: Estimate | null) => (e === null ? undefined : { estimate: e });
  return [
    "| measure | external | internal |",
    "|---|---|---|",
    ...names.map((name) => `| ${markdownText(name)} | ${cell(find(outside, name))} | ${cell(find(inside, name))} |`),
    ...baselines.map(
      (b) =>
        `| ${markdownText(headline)}, ${b.name.toLowerCase()} (baseline) | ${cell(rival(b.external))} | ${cell(rival(b.internal))} |`,
    ),
  ].join("\n");
}

function subgroups({ card }: Known): string[] {
  const blocks = readingsOf(card).flatMap((reading) =>
    judgedParts(reading).flatMap((part) => (part.groups.length === 0 ? [] : groupBlock(reading, part))),
  );
  return [
    "## Subgroups",
    ...(blocks.length === 0
      ? ["No subgroup was asked for or recorded; how the model does for whom is not known."]
      : blocks),
  ];
}

function groupBlock(reading: Reading, part: ReadingPart): string[] {
  const { headline } = reading;
  const name = partName(reading, part);
  const of = reading.name === null ? `the ${name} part` : `the ${part.role} part for the task ${reading.name}`;
  const worst = worstGroup(part);
  const told =
    worst === null
      ? `No group of ${of} has a defined ${headline}.`
      : `Lowest of ${of}: ${worst.column} ${worst.group}, ${headline} ${estimateText(worst.measure)}; all patients together ${estimateText(part.headline)}.`;
  const rows = part.groups.map(
    (s) => `| ${[name, s.column, s.group, String(s.n), estimateText(s.measure)].map(markdownText).join(" | ")} |`,
  );
  return [
    markdownText(told),
    [`| part | column | group | patients | ${markdownText(headline)} |`, "|---|---|---|---:|---|", ...rows].join("\n"),
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
          ...new Set(readingsOf(known.card).flatMap(({ caution }) => (caution === "" ? [] : [caution]))),
          "Research use only. This is not a medical device, and nothing here supports a decision about a patient.",
        ]
      : (limitLines(known) ?? []);
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
