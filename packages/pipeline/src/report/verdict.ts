/**
 * The verdict in plain words: the external number first, beside the internal one and both baselines, and no claim the
 * intervals do not carry. Plain text, so that the page and summary.md say the same.
 */
import { counted, decimal, estimateText, listed, signed } from "./number-text.ts";
import type { ReportData } from "./report-data.ts";
import type { Estimate, PartScore } from "./score.ts";

/** An interval wider than this is called wide. */
export const WIDE = 0.2;
/** Fewer patients than this in the rarer class are called few: the usual advice for external validation is 100. */
export const FEW = 100;

/** One paragraph as sentences. */
export function verdict(data: ReportData): string[] {
  const { external, internal } = data.scorecard;
  return [
    ...(external === null ? withoutExternal() : externalSentences(external, data)),
    ...(internal === null ? ["There is no internal result."] : internalSentences(internal, external, data)),
    ...poolSentences(data),
    ...siteSentences(data),
  ];
}

function withoutExternal(): string[] {
  return ["There is no external site in this study: how the model does in another hospital was not measured."];
}

function externalSentences(part: PartScore, data: ReportData): string[] {
  const sites = data.asked.split.external;
  const where = sites.length === 0 ? "outside" : listed(sites);
  const who = `${counted(part.n, "patient")} from ${where}, whom no fold had seen,`;
  const e = part.auroc;
  if (e.value === null) return [`On ${who} the AUROC is undefined: ${e.reason ?? "no reason recorded"}.`];
  return [`On ${who} the AUROC is ${estimateText(e)}${pairs(e, data)}.`, ...caution(e)];
}

function pairs(e: Estimate, data: ReportData): string {
  if (e.value === null || data.asked.classes.length !== 2) return "";
  const share = Math.round(e.value * 100);
  return `: of 100 pairs of one ${data.asked.positive} and one other patient, it puts about ${share} in the right order`;
}

/** What the interval does not carry. */
function caution(e: Estimate): string[] {
  if (e.low === null || e.high === null) return ["It has no interval, so nothing should be concluded from it."];
  if (e.low <= 0.5) return ["The interval reaches 0.5: this run does not show that the model is better than chance."];
  if (e.high - e.low > WIDE)
    return [`The interval is wide: with so few patients the true value may be as low as ${decimal(e.low, 2)}.`];
  return [];
}

function internalSentences(part: PartScore, external: PartScore | null, data: ReportData): string[] {
  const by = data.asked.split.by === "site" ? "held-out training sites" : "held-out patients of the training sites";
  const e = part.auroc;
  const said = [`On ${by}, pooled over folds, the AUROC is ${estimateText(e)}.`];
  if (external === null) return [...said, ...caution(e)];
  const x = external.auroc;
  if (x.value === null || e.value === null || e.low === null) return said;
  const drop = e.value - x.value;
  if (drop <= 0.05) return said;
  const clear = x.value < e.low ? "which lies below the internal interval" : "though the intervals are compatible";
  return [...said, `Outside it loses ${decimal(drop, 2)}, ${clear}.`];
}

function poolSentences(data: ReportData): string[] {
  const pool = data.scorecard.baselines.meanPool;
  const where = data.scorecard.external !== null && pool?.external ? "external" : "internal";
  const rival = pool?.[where] ?? null;
  if (rival === null) return ["A mean-pool baseline was not computed."];
  const model = data.scorecard[where]?.auroc ?? null;
  const said = `Averaging all tiles with a linear head gives ${estimateText(rival)} on the same ${where} patients`;
  const tested = pool?.difference?.[where] ?? null;
  return [`${said}${tested === null ? compared(model, rival) : differs(tested)}.`];
}

function differs(gap: Estimate): string {
  if (gap.value === null || gap.low === null || gap.high === null) return "";
  const said = `; the model differs from it by ${signed(gap.value, 3)} (95 % interval ${signed(gap.low, 3)} to ${signed(gap.high, 3)})`;
  if (gap.low > 0) return `${said}, so it is the better of the two here`;
  if (gap.high < 0) return `${said}, so the simpler method is the better one here`;
  return `${said}, so this run does not settle which of the two is better`;
}

/** Without a paired test: overlap is not a test, so the sentence claims no more than the two intervals do. */
function compared(model: Estimate | null, rival: Estimate): string {
  if (model === null || model.value === null || rival.value === null) return "";
  if (model.low === null || model.high === null || rival.low === null || rival.high === null) return "";
  if (model.low > rival.high) return ", clearly below the model";
  if (model.high < rival.low) return ", clearly above the model: the simpler method is the better one here";
  return ": the intervals overlap, so this run does not settle which of the two is better";
}

function siteSentences(data: ReportData): string[] {
  const site = data.scorecard.baselines.siteOnly;
  if (site === null) {
    const why = data.asked.sitesKnown ? "" : ", since sites are not known";
    return [`How much the hospital alone says about the label was not tested${why}.`];
  }
  if (site.value === null)
    return [`How much the hospital alone says about the label is undefined: ${site.reason ?? "no reason recorded"}.`];
  const said = `Knowing only the hospital, and no pixel, gives ${estimateText(site)}`;
  if (site.low !== null && site.low > 0.5) {
    return [
      `${said}: hospital and label go together here, so part of any internal result may be the hospital and not the tissue.`,
    ];
  }
  return [`${said}.`];
}
