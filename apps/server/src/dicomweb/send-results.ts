/**
 * What a run saw in a slide, as DICOM in the slide's own study: its heatmap, the tissue, its answer. The same run sent twice gives the same instances. Patient
 * and study are those of the slide's file; nothing of the service's own tables is put in their place.
 */
import type { Person, RouteReply, sendDicom } from "@nacre/api";
import { FailureError, unwrap } from "@nacre/core";
import {
  type DicomResult,
  HISTOGRAM_ANALYSIS,
  type ReportedAnswer,
  type ResultFacts,
  readResultSource,
  TISSUE,
  writeMeasurementReport,
  writeParametricMap,
  writeSegmentation,
} from "@nacre/imaging/node";
import { slideFor } from "../annotation/slide-scope.ts";
import { NOTICE } from "../auth/session-routes.ts";
import { predictionsOf } from "../case/read-case.ts";
import { notFound, refuse } from "../serve/refuse.ts";
import { VERSION } from "../service/version.ts";
import type { Services } from "../services.ts";
import { heatmapOf } from "../tile/heatmap.ts";
import { slideFile, tellable } from "../tile/slide-place.ts";
import type { ArchiveCall } from "./dicom-request.ts";
import { storeInstances } from "./store-instances.ts";

export type ResultName = "parametric-map" | "segmentation" | "structured-report";
type Sent = RouteReply<typeof sendDicom>["sent"];

export interface Wanted {
  readonly slide: string;
  readonly run: string;
  readonly kinds: readonly ResultName[];
}

/** @throws ApiRefusal not-found; FailureError where the slide is no DICOM, something cannot be told, or the archive does not take it */
export async function sendResults(services: Services, who: Person, call: ArchiveCall, wanted: Wanted): Promise<Sent> {
  const made = await makeResults(services, who, wanted, call.signal);
  const { project } = await slideFor(services, who, wanted.slide);
  const sent = made.results.map(({ kind, result }) => ({ kind, instance: result.instance }));
  const results = made.results.map(({ result }) => result);
  const note = (action: string) =>
    services.trail.note(who, {
      action,
      project,
      subject: wanted.slide,
      details: { run: wanted.run, source: call.source.name, sent },
    });
  // nothing leaves without a row that says so
  await note("dicom.sending");
  await storeInstances(call, made.study, results);
  await note("dicom.sent");
  return sent;
}

interface Made {
  readonly study: string;
  readonly results: readonly { readonly kind: ResultName; readonly result: DicomResult }[];
}

/** The results of a run as DICOM, each kind once. */
export async function makeResults(
  services: Services,
  who: Person,
  { slide, run, kinds }: Wanted,
  signal?: AbortSignal,
): Promise<Made> {
  const row = await slideFor(services, who, slide);
  const ran = await services.db.selectFrom("run").selectAll().where("key", "=", run).executeTakeFirst();
  if (ran === undefined || ran.project !== row.project) return notFound("a run of the slide's project");
  const file = await slideFile(services, who, slide);
  const read = await readResultSource(file, signal);
  if (!read.ok) throw new FailureError(tellable(read.failure, file));
  const facts: ResultFacts = {
    source: read.value,
    maker: { name: ran.name, version: VERSION, run },
    made: ran.finished ?? ran.started ?? row.seen,
    isSynthetic: row.synthetic || ran.synthetic,
    notice: NOTICE,
  };
  const parts: Parts = { services, who, facts, slide, run, file, case: row.case_key };
  const results: { kind: ResultName; result: DicomResult }[] = [];
  for (const kind of new Set(kinds)) {
    for (const result of await MAKE[kind](parts)) results.push({ kind, result });
  }
  return { study: read.value.study, results };
}

interface Parts {
  readonly services: Services;
  readonly who: Person;
  readonly facts: ResultFacts;
  readonly slide: string;
  readonly run: string;
  /** Absolute. */
  readonly file: string;
  readonly case: string | null;
}

const MAKE: Readonly<Record<ResultName, (parts: Parts) => Promise<readonly DicomResult[]>>> = {
  "parametric-map": maps,
  segmentation: async (parts) => [await tissue(parts)],
  "structured-report": async (parts) => [await report(parts)],
};

/** One map for each kind of number that the run drew. */
async function maps({ services, who, facts, slide, run }: Parts): Promise<DicomResult[]> {
  const { layers, tile, x, y } = await heatmapOf(services, who, { slide, run });
  const made: DicomResult[] = [];
  for (const { name, meaning, scale, values } of layers)
    made.push(unwrap(await writeParametricMap(facts, { name, meaning, scale, side: tile, x, y, values })));
  return made;
}

async function tissue({ services, facts, file }: Parts): Promise<DicomResult> {
  const found = await services.slides.tissue(file, { priority: -1 });
  if (!found.ok) throw new FailureError(tellable(found.failure, file));
  const { width, height, downsample, mask, threshold } = found.value;
  const segment = {
    label: "Tissue",
    description: `Stained tissue: saturation above ${Math.round(threshold)} of 255 and density; pen left out. Found without a person.`,
    algorithm: { name: "Nacre tissue finding", version: VERSION, family: HISTOGRAM_ANALYSIS },
    ...TISSUE,
    mask,
  };
  return unwrap(await writeSegmentation(facts, { width, height, x: 0, y: 0, downsample }, [segment]));
}

async function report({ services, facts, run, case: key }: Parts): Promise<DicomResult> {
  const predictions = key === null ? [] : await predictionsOf(services, key, facts.isSynthetic);
  const prediction = predictions.find((one) => one.run === run);
  if (prediction === undefined || !prediction.answers.some(({ value }) => Number.isFinite(value))) {
    return refuse("not-found", {
      expected: "an answer of the run about the slide's case",
      received: "a run that answered nothing about it",
      remedy: "choose another run, or leave the structured report out",
    });
  }
  const { answers, text, calibration, interval, part, fold } = prediction;
  const answer: ReportedAnswer = {
    question: facts.maker.name,
    numbers: answers.filter(({ value }) => Number.isFinite(value)),
    remarks: [
      `The answer is about the whole case, of which this slide is a part: ${text}.`,
      calibration,
      interval === null
        ? "No interval: fewer than three models answered."
        : `95 % interval over the models: ${interval[0]} to ${interval[1]}.`,
      `Part: ${part}${fold === null ? "" : `, fold ${fold}`}.`,
    ].filter((remark) => remark !== ""),
  };
  return unwrap(await writeMeasurementReport(facts, answer));
}
