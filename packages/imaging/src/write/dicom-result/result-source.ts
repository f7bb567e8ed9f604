/**
 * The DICOM slide that a result is about: its geometry in the coordinates of the glass (PS3.3, C.8.12.2.1), and the elements of patient, study,
 * frame of reference and specimen that a result must repeat word for word so that an archive files it with the slide.
 */
import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { attempt, type Outcome, raise } from "@nacre/core";
import { openFileSource } from "../../bytes/file-source.ts";
import { folderNeighbours } from "../../bytes/folder-neighbours.ts";
import { drive } from "../../bytes/reading.ts";
import { ATTRIBUTES } from "../../deid/dicom/attributes.data.ts";
import type { CleanElement } from "../../deid/dicom/clean-set.ts";
import { type DataSet, itemOf, itemsOf } from "../../format/dicom/data-set.ts";
import { looksLikeDicom, readHeader, WHOLE_SLIDE } from "../../format/dicom/header.ts";
import { openInstance, type Series, seriesIn, seriesOf } from "../../format/dicom/series.ts";
import { decimalOf, decimalsOf, textOf } from "../../format/dicom/values.ts";
import { SYNTHETIC_TITLE } from "../../synthetic/is-synthetic.ts";

export interface ResultSource {
  readonly sopClass: string;
  /** SOP instance of the finest level. */
  readonly instance: string;
  readonly study: string;
  readonly series: string;
  readonly frameOfReference: string;
  /** Level-0 pixels. */
  readonly width: number;
  readonly height: number;
  /** Millimetres of a level-0 pixel: down, across. */
  readonly spacing: readonly [row: number, column: number];
  /** Millimetres on the glass of the centre of the first pixel. */
  readonly origin: readonly [x: number, y: number];
  /** Direction cosines on the glass of a row and of a column. */
  readonly orientation: readonly number[];
  /** Whether a program drew it, as the file says. */
  readonly isSynthetic: boolean;
  /** Elements that a result repeats. */
  readonly carried: readonly CleanElement[];
}

/** Patient, study, frame of reference and specimen; the character set in which their texts are written. */
const CARRIED: readonly number[] = [
  ...[0x00080005, 0x00080020, 0x00080030, 0x00080050, 0x00080090, 0x00081030],
  ...[0x00100010, 0x00100020, 0x00100021, 0x00100030, 0x00100040, 0x00120062, 0x00120063, 0x00120064],
  ...[0x0020000d, 0x00200010, 0x00200052, 0x00201040],
  ...[0x00400512, 0x00400513, 0x00400518, 0x00400560],
];

/** Representations that an implicit file does not say. */
const REPRESENTATION: ReadonlyMap<number, string> = new Map([
  [0x00080100, "SH"],
  [0x00080102, "SH"],
  [0x00080104, "LO"],
  [0x00081030, "LO"],
  [0x00100021, "LO"],
  [0x00120062, "CS"],
  [0x00120063, "LO"],
  [0x00120064, "SQ"],
]);

const HEAD_BYTES = 132;

/**
 * Reads the source of a result: a DICOM file of the slide, or the folder of its series. Failures: unsupported-format where the slide is no DICOM, no-scale,
 * bad-value, and those of reading.
 */
export function readResultSource(path: string, signal?: AbortSignal): Promise<Outcome<ResultSource>> {
  return attempt(async () => {
    const { volumes } = await openSeries(path, signal);
    try {
      const [first, ...others] = volumes;
      if (first === undefined) return notDicom(path);
      const finest = others.reduce((best, each) => (each.instance.width > best.instance.width ? each : best), first);
      const { set } = await drive(readHeader(finest.source.name, finest.source.size), finest.source, signal);
      return sourceOf(set, finest.instance, basename(path));
    } finally {
      for (const { source } of volumes) source.close();
    }
  });
}

async function openSeries(path: string, signal?: AbortSignal): Promise<Series> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return seriesIn(folderNeighbours(path), signal);
  const source = openFileSource(path);
  try {
    const isDicom = source.size > HEAD_BYTES && looksLikeDicom(await source.read(0, HEAD_BYTES, signal));
    if (!isDicom) return notDicom(path);
    return await seriesOf(await openInstance(source, signal), folderNeighbours(dirname(path)), signal);
  } catch (error) {
    source.close();
    throw error;
  }
}

function notDicom(path: string): never {
  return raise("unsupported-format", {
    expected: "a DICOM slide, whose study and frame of reference a result can join",
    received: `a slide of another format: ${basename(path)}`,
    remedy: "write it as DICOM first (nacre convert SLIDE OUT.dcm), store that in the archive, and run the study on it",
  });
}

function sourceOf(
  set: DataSet,
  { uid, width, height }: { readonly uid: string; readonly width: number; readonly height: number },
  name: string,
): ResultSource {
  const text = (tag: number, what: string): string => textOf(set, tag) ?? lacking(what, name);
  const origin = itemOf(set, 0x00480008);
  const shared = itemOf(set, 0x52009229);
  const measures = shared && itemOf(shared, 0x00289110);
  const [row, column] = measures ? decimalsOf(measures, 0x00280030) : [];
  if (!(row && column && row > 0 && column > 0)) {
    return raise("no-scale", {
      expected: `a pixel spacing in ${name}`,
      received: "none for the whole slide",
      remedy: "write the slide anew with its scale: nacre convert --mpp",
    });
  }
  const orientation = decimalsOf(set, 0x00480102);
  if (orientation.length !== 6 || orientation.some((x) => !Number.isFinite(x))) lacking("ImageOrientationSlide", name);
  return {
    sopClass: textOf(set, 0x00080016) ?? WHOLE_SLIDE,
    instance: uid,
    study: text(0x0020000d, "StudyInstanceUID"),
    series: text(0x0020000e, "SeriesInstanceUID"),
    frameOfReference: text(0x00200052, "FrameOfReferenceUID"),
    width,
    height,
    spacing: [row, column],
    origin: [(origin && decimalOf(origin, 0x0040072a)) ?? 0, (origin && decimalOf(origin, 0x0040073a)) ?? 0],
    orientation,
    isSynthetic: textOf(set, 0x00081090) === SYNTHETIC_TITLE,
    carried: CARRIED.flatMap((tag) => copied(set, tag) ?? []),
  };
}

function lacking(what: string, name: string): never {
  return raise("bad-value", {
    expected: `${what} in ${name}`,
    received: "none",
    remedy: "write the slide anew as DICOM: nacre convert",
  });
}

/** An element with its own bytes; null where it is absent, or nobody says its representation. */
function copied(set: DataSet, tag: number): CleanElement | null {
  const element = set.elements.get(tag);
  if (!element) return null;
  const isSaid = element.vr !== "" && element.vr !== "UN";
  const vr = isSaid ? element.vr : (REPRESENTATION.get(tag) ?? ATTRIBUTES.get(tag)?.vr);
  if (vr === undefined) return null;
  if (vr !== "SQ") return { tag, vr, value: set.bytes.slice(element.at, element.at + element.length) };
  const items = [...itemsOf(set, tag)].map((item) =>
    [...item.elements.keys()].sort((a, b) => a - b).flatMap((inner) => copied(item, inner) ?? []),
  );
  return { tag, vr, value: items };
}
