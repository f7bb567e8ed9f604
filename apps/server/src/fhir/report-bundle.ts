/**
 * A report as FHIR R4 (4.0.1): a collection of DiagnosticReport, an Observation for each answer of a model and each stated field,
 * an ImagingStudy for each study of an archive with a series for each slide, and the Devices that answered. The patient is a logical reference by identifier, and only where
 * whoever exports may see identifiers. Nothing is `final` that was not signed, and a model's answer never is.
 */
import type { CasePrediction, DraftField, TriageGroup } from "@nacre/api";
import { NOTICE, type Printed, reportDocument, valueText } from "../draft/report-document.ts";
import { reportHtml } from "../draft/report-html.ts";
import type { DicomSeries } from "./dicom-series.ts";
import { uidOf, uuidOf } from "./fhir-id.ts";

export interface FhirResource {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

export interface FhirBundle {
  readonly resourceType: "Bundle";
  readonly type: "collection";
  readonly timestamp: string;
  readonly meta?: unknown;
  readonly entry: readonly { readonly fullUrl: string; readonly resource: FhirResource }[];
}

const TERMS = "http://terminology.hl7.org/CodeSystem";
const CASE_SYSTEM = "urn:nacre:case";
const PATIENT_SYSTEM = "urn:nacre:patient";
const LAB = [{ coding: [{ system: `${TERMS}/observation-category`, code: "laboratory", display: "Laboratory" }] }];

/** @param dicom the slides that an archive knows, by key; others get UIDs made from their keys */
export function reportBundle(
  printed: Printed,
  now: Date,
  dicom: ReadonlyMap<string, DicomSeries> = new Map(),
): FhirBundle {
  const { row, draft, predictions } = printed;
  const subject = subjectOf(printed);
  const fields = draft.fields
    .filter(({ value }) => value !== null)
    .map((field) => fieldObservation(field, printed, subject));
  const devices = predictions.map((prediction) => deviceOf(prediction));
  const answers = predictions.map((prediction) => answerObservation(prediction, { printed, subject }));
  const studies = imagingStudies(printed, subject, dicom);
  const report = diagnosticReport(printed, { subject, results: [...fields, ...answers], studies });
  const resources = [report, ...fields, ...answers, ...devices, ...studies];
  const isSynthetic = predictions.some((p) => p.synthetic) || printed.slides.some((s) => s.synthetic);
  return {
    resourceType: "Bundle",
    ...(isSynthetic
      ? { meta: { security: [{ system: `${TERMS}/v3-ActReason`, code: "HTEST", display: "test health data" }] } }
      : {}),
    type: "collection",
    timestamp: now.toISOString(),
    entry: resources.map((resource) => ({ fullUrl: urlOf(resource), resource: withText(resource, row.key) })),
  };
}

const urlOf = ({ id }: FhirResource): string => `urn:uuid:${id}`;
const referTo = (resource: FhirResource): { readonly reference: string } => ({ reference: urlOf(resource) });

/** Every resource says what it is where nobody can read its codes. */
function withText(resource: FhirResource, key: string): FhirResource {
  const div = `<div xmlns="http://www.w3.org/1999/xhtml"><p>${resource.resourceType} of case ${key}. ${NOTICE}</p></div>`;
  return { ...resource, text: { status: "generated", div } };
}

interface Subject {
  readonly type: "Patient";
  readonly identifier?: { readonly system: string; readonly value: string };
  readonly display?: string;
}

function subjectOf({ row: { patient } }: Printed): Subject {
  if (patient === null) return { type: "Patient", display: "withheld" };
  return { type: "Patient", identifier: { system: PATIENT_SYSTEM, value: patient } };
}

interface ReportParts {
  readonly subject: Subject;
  readonly results: readonly FhirResource[];
  readonly studies: readonly FhirResource[];
}

function diagnosticReport(printed: Printed, { subject, results, studies }: ReportParts): FhirResource {
  const { row, draft, signedBefore } = printed;
  const document = reportDocument(printed);
  const diagnosis = draft.fields.find(({ name }) => name === "diagnosis");
  const signedAt = draft.state === "signed" ? draft.signedAt : null;
  return {
    resourceType: "DiagnosticReport",
    id: uuidOf("report", row.key),
    identifier: [{ system: CASE_SYSTEM, value: row.key }],
    status: reportStatus(draft.state, signedBefore),
    category: [{ coding: [{ system: `${TERMS}/v2-0074`, code: "SP", display: "Surgical Pathology" }] }],
    code: {
      coding: [{ system: "http://loinc.org", code: "60568-3", display: "Pathology Synoptic report" }],
      text: document.title,
    },
    subject,
    ...(signedAt === null ? {} : { issued: signedAt, resultsInterpreter: [{ display: draft.signedBy ?? "unknown" }] }),
    ...(results.length === 0 ? {} : { result: results.map(referTo) }),
    ...(studies.length === 0 ? {} : { imagingStudy: studies.map(referTo) }),
    conclusion: `${document.status}. ${diagnosis === undefined ? "" : `Diagnosis: ${valueText(diagnosis.value, null)}. `}${document.notices.join(" ")}`,
    presentedForm: [
      {
        contentType: "text/html",
        language: "en",
        data: Buffer.from(reportHtml(document), "utf8").toString("base64"),
        title: document.title,
      },
    ],
  };
}

/** A draft of an addendum is preliminary as well: what was signed before it stands in its own export. */
function reportStatus(state: Printed["draft"]["state"], signedBefore: number): string {
  if (state === "signed") return signedBefore > 1 ? "amended" : "final";
  return state === "empty" ? "registered" : "preliminary";
}

function fieldObservation(field: DraftField, { row, draft }: Printed, subject: Subject): FhirResource {
  const isSigned = draft.state === "signed";
  return {
    resourceType: "Observation",
    id: uuidOf("field", row.key, field.name),
    identifier: [{ system: CASE_SYSTEM, value: `${row.key}/${field.name}` }],
    status: isSigned ? "final" : "preliminary",
    category: LAB,
    code: { text: field.title },
    subject,
    ...(isSigned && draft.signedAt !== null ? { issued: draft.signedAt } : {}),
    ...fieldValue(field),
    ...(field.origin === "machine"
      ? {
          note: [{ text: `Machine-written, not confirmed by a person. From ${field.evidence ?? "an unnamed source"}` }],
        }
      : {}),
  };
}

function fieldValue({ kind, value, unit }: DraftField): Readonly<Record<string, unknown>> {
  if (typeof value === "boolean") return { valueBoolean: value };
  if (typeof value === "number") return { valueQuantity: { value, ...unitOf(unit) } };
  return kind === "choice" ? { valueCodeableConcept: { text: value } } : { valueString: value };
}

/** Units that UCUM knows carry its code; things that are counted carry their word. */
function unitOf(unit: string | null): Readonly<Record<string, string>> {
  if (unit === null) return {};
  const isUcum = unit === "mm" || unit === "%";
  return isUcum ? { unit, system: "http://unitsofmeasure.org", code: unit } : { unit };
}

interface AnswerParts {
  readonly printed: Printed;
  readonly subject: Subject;
}

function answerObservation(prediction: CasePrediction, { printed: { row }, subject }: AnswerParts): FhirResource {
  const { run, study, answers, text, calibration } = prediction;
  const isFirst = row.prediction?.run === run;
  const interpretation = isFirst ? interpretationOf(row.triage) : null;
  const note = [text, calibration, ...(isFirst ? [row.why] : []), NOTICE].filter((line) => line !== "");
  return {
    resourceType: "Observation",
    id: uuidOf("answer", row.key, run),
    identifier: [{ system: CASE_SYSTEM, value: `${row.key}/${run}` }],
    // Never final: no person stands behind it.
    status: "preliminary",
    category: LAB,
    code: { text: `Answer of the model of study ${study}` },
    subject,
    device: { reference: `urn:uuid:${deviceId(prediction)}` },
    ...(interpretation === null ? {} : { interpretation: [interpretation] }),
    note: note.map((line) => ({ text: line })),
    ...(answers.length === 0 ? absent("error", "Error") : { component: components(prediction) }),
  };
}

function components({ answers, interval, positive }: CasePrediction): Readonly<Record<string, unknown>>[] {
  const asked = answers.find(({ name }) => name === positive) ?? answers[0];
  const ends =
    interval === null || asked === undefined
      ? []
      : interval.map((value, at) => ({
          ...asked,
          value,
          name: `${asked.name}: ${at === 0 ? "low" : "high"} end of the 95 % interval over the models of the folds`,
        }));
  return [...answers, ...ends].map(component);
}

function component({ name, value, unit }: CasePrediction["answers"][number]): Readonly<Record<string, unknown>> {
  const code = { text: name };
  if (!Number.isFinite(value)) return { code, ...absent("not-a-number", "Not a Number (NaN)") };
  const ucum = unit === "probability" ? { system: "http://unitsofmeasure.org", code: "1" } : {};
  return { code, valueQuantity: { value, unit, ...ucum } };
}

function absent(code: string, display: string): Readonly<Record<string, unknown>> {
  return { dataAbsentReason: { coding: [{ system: `${TERMS}/data-absent-reason`, code, display }] } };
}

/** Only what a threshold said is positive or negative; what was left to a person is indeterminate. */
function interpretationOf(triage: TriageGroup): Readonly<Record<string, unknown>> | null {
  const codes: Partial<Record<TriageGroup, readonly [string, string]>> = {
    "rule-in": ["POS", "Positive"],
    "rule-out": ["NEG", "Negative"],
    unsure: ["IND", "Indeterminate"],
  };
  const said = codes[triage];
  if (said === undefined) return null;
  const [code, display] = said;
  return { coding: [{ system: `${TERMS}/v3-ObservationInterpretation`, code, display }], text: `Triage: ${triage}` };
}

const deviceId = ({ run }: CasePrediction): string => uuidOf("device", run);

function deviceOf(prediction: CasePrediction): FhirResource {
  return {
    resourceType: "Device",
    id: deviceId(prediction),
    identifier: [{ system: "urn:nacre:run", value: prediction.run }],
    status: "active",
    deviceName: [{ name: `Model of study ${prediction.study}`, type: "user-friendly-name" }],
    note: [{ text: `${prediction.calibration} ${NOTICE}` }],
  };
}

type Slides = Printed["slides"];

const MODALITY = { system: "http://dicom.nema.org/resources/ontology/DCM", code: "SM", display: "Slide Microscopy" };

/** The studies that an archive knows, and one made for the slides it does not. */
function imagingStudies(
  { row, slides }: Printed,
  subject: Subject,
  dicom: ReadonlyMap<string, DicomSeries>,
): FhirResource[] {
  const made = uidOf(uuidOf("study", row.key));
  const byStudy = new Map<string, Slides[number][]>();
  for (const slide of slides) {
    const uid = dicom.get(slide.key)?.study ?? made;
    byStudy.set(uid, [...(byStudy.get(uid) ?? []), slide]);
  }
  return [...byStudy].map(([uid, of]) => ({
    resourceType: "ImagingStudy",
    id: uid === made ? uuidOf("study", row.key) : uuidOf("study", row.key, uid),
    identifier: [{ system: "urn:dicom:uid", value: `urn:oid:${uid}` }],
    status: "available",
    modality: [MODALITY],
    subject,
    series: of.map((slide) => seriesOf(slide, dicom.get(slide.key))),
  }));
}

function seriesOf({ key, name, state, failure }: Slides[number], known: DicomSeries | undefined): object {
  return {
    uid: known?.series ?? uidOf(uuidOf("series", key)),
    modality: MODALITY,
    description: state === "failed" ? `${name}: could not be read (${failure?.kind ?? "no reason recorded"})` : name,
  };
}
