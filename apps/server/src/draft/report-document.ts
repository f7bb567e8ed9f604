/** A report as it is printed, whatever the form: what stands where, in words. Both HTML and PDF are made from this value alone. */
import {
  type CasePrediction,
  type CaseRow,
  type DraftField,
  type DraftReport,
  type SlideRow,
  writeAnswer,
} from "@nacre/api";
import { REASON } from "./change-draft.ts";
import { TEMPLATES } from "./template.data.ts";

export interface PrintedField {
  readonly title: string;
  readonly value: string;
  /** Marks what a machine wrote and nobody confirmed. */
  readonly mark: string | null;
  readonly evidence: string | null;
}

export interface ReportDocument {
  readonly title: string;
  /** Whose it is: stands on every page. */
  readonly whose: string;
  /** Stand before everything else. */
  readonly notices: readonly string[];
  readonly isSigned: boolean;
  readonly status: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly fields: readonly PrintedField[];
  /** Titles of the fields that were left empty. */
  readonly unstated: readonly string[];
  /** What models answered, as it stands in the archive when this is printed: not part of what is signed. */
  readonly predictions: readonly { readonly head: string; readonly text: string; readonly note: string }[];
  readonly slides: readonly { readonly name: string; readonly text: string }[];
  /** null: not signed. */
  readonly signature: { readonly by: string; readonly at: string; readonly sha256: string } | null;
}

export interface Printed {
  readonly row: CaseRow;
  readonly draft: DraftReport;
  readonly predictions: readonly CasePrediction[];
  readonly slides: readonly SlideRow[];
  readonly project: string;
  /** Signed reports of the case so far. */
  readonly signedBefore: number;
  /** An addendum was signed after this text. */
  readonly isSuperseded?: boolean;
}

export const NOTICE = "Research use only. Not a medical device.";
const SYNTHETIC = "SYNTHETIC: these slides are computed, no patient stands behind them.";
const MACHINE = "Machine-written, not confirmed by a person";

export function reportDocument(printed: Printed): ReportDocument {
  const { row, draft, predictions, slides, project, signedBefore, isSuperseded = false } = printed;
  const isSynthetic = slides.some(({ synthetic }) => synthetic) || predictions.some(({ synthetic }) => synthetic);
  const isSigned = draft.state === "signed";
  return {
    title: TEMPLATES.find(({ name }) => name === draft.template)?.title ?? "Report",
    whose: `Case ${row.name}${row.patient === null || row.patient === row.name ? "" : `, patient ${row.patient}`}`,
    notices: [
      NOTICE,
      ...(isSynthetic ? [SYNTHETIC] : []),
      ...(isSuperseded ? ["SUPERSEDED: an addendum was signed after this text. Read the latest one."] : []),
      ...(isSigned ? [] : ["DRAFT: not signed. Not for decisions about a patient."]),
    ],
    isSigned,
    status: statusOf(draft, signedBefore),
    facts: factsOf(row, project),
    fields: draft.fields.filter(({ value }) => value !== null).map((field) => printedField(field, isSigned)),
    unstated: draft.fields.filter(({ value }) => value === null).map((field) => field.title),
    predictions: predictions.map(printedPrediction),
    slides: slides.map(({ name, state, failure, quality }) => ({
      name,
      text: slideText(state, failure?.kind, quality),
    })),
    signature:
      isSigned && draft.signedBy !== null && draft.signedAt !== null && draft.sha256 !== null
        ? { by: draft.signedBy, at: moment(draft.signedAt), sha256: draft.sha256 }
        : null,
  };
}

function statusOf({ state, fields, signedBy, signedAt }: DraftReport, signedBefore: number): string {
  const isAddendum = fields.some(({ name }) => name === REASON);
  if (state === "signed")
    return `${isAddendum ? `Addendum, report ${signedBefore}` : "Report"}, signed by ${signedBy ?? "?"}, ${moment(signedAt ?? "")}`;
  if (state === "empty") return "No report has been begun";
  const unread = fields.filter(({ origin }) => origin === "machine").length;
  const left = unread === 0 ? "" : `; ${unread} machine-written ${unread === 1 ? "value" : "values"} not confirmed`;
  return `${isAddendum ? `Draft of an addendum to report ${signedBefore}` : "Draft"}, not signed${left}`;
}

function factsOf({ name, patient, site, slides, failedSlides }: CaseRow, project: string): [string, string][] {
  return [
    ["Case", name],
    ...(patient === null ? [] : [["Patient", patient] satisfies [string, string]]),
    ...(site === null ? [] : [["Site", site] satisfies [string, string]]),
    ["Slides", failedSlides === 0 ? String(slides) : `${slides}, ${failedSlides} of them could not be read`],
    ["Project", project],
  ];
}

function printedField({ title, value, unit, origin, evidence, kind }: DraftField, isSigned: boolean): PrintedField {
  return {
    title,
    value: valueText(value, kind === "number" ? unit : null),
    mark: origin === "machine" ? MACHINE : null,
    evidence:
      evidence === null
        ? null
        : `${origin === "machine" || !isSigned ? "" : "Confirmed by the signer. "}Source: ${evidence}`,
  };
}

export function valueText(value: DraftField["value"], unit: string | null): string {
  if (value === null) return "not stated";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return unit === null ? String(value) : `${value} ${unit}`;
}

function printedPrediction({
  study,
  part,
  text,
  answers,
  interval,
  positive,
  calibration,
}: CasePrediction): ReportDocument["predictions"][number] {
  const whose = positive == null ? "" : ` of ${positive}`;
  const unit = answers[0]?.unit ?? "number";
  const range =
    interval === null
      ? "no interval: fewer than three models answered"
      : `95 % interval${whose} over the models of the folds ${interval.map((end) => writeAnswer(end, unit)).join(" to ")}`;
  return { head: `Study ${study}, ${part} part`, text, note: `${range}. ${calibration}` };
}

function slideText(state: SlideRow["state"], failure: string | undefined, quality: SlideRow["quality"]): string {
  if (state === "failed") return `could not be read: ${failure ?? "no reason recorded"}`;
  if (quality === null) return "quality not looked at";
  return quality.length === 0 ? "no quality flag" : `quality flags: ${quality.join(", ")}`;
}

/** To the minute, in UTC, said so. */
function moment(iso: string): string {
  return iso === "" ? "" : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
