/**
 * The instances of one slide among the files of a folder. A slide is a pyramid: the VOLUME instances of one series, frame of reference,
 * container and pyramid. Labels, overviews and thumbnails of the same series or container are told, never served.
 */
import { FailureError, raise } from "@nacre/core";
import type { ByteSource } from "../../bytes/byte-source.ts";
import type { Neighbours } from "../../bytes/neighbours.ts";
import { drive } from "../../bytes/reading.ts";
import { looksLikeDicom, readHeader } from "./header.ts";
import { type Instance, readInstance } from "./instance.ts";

export interface Found {
  readonly source: ByteSource;
  readonly instance: Instance;
}

export interface Series {
  /** Sources are open. */
  readonly volumes: readonly Found[];
  /** Sources are closed. */
  readonly beside: readonly Instance[];
  readonly warnings: readonly string[];
}

/** Files of a folder that are looked at. */
const MAX_FILES = 20_000;
const HEAD_BYTES = 132;
/** Names that no DICOM file has: other formats lie beside. */
const OTHER = /\.(svs|tiff?|ndpi|czi|vsi|ets|mrxs|scn|bif|jpe?g|png|xml|json|csv|tsv|txt|md|zip|gz|h5|html?|pdf)$/i;

/** The names among which DICOM files may be. */
export const candidates = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !OTHER.test(name) && !/(^|\/)\.|DICOMDIR$/.test(name));

/** An instance by itself. @throws FailureError where the file is no image of a whole slide, or a label */
export async function openInstance(source: ByteSource, signal?: AbortSignal): Promise<Found> {
  const header = await drive(readHeader(source.name, source.size), source, signal);
  const instance = readInstance(header, source.name);
  if (!instance) refuse("a DICOM object that is no image of a whole slide", source.name);
  if (instance.kind !== "volume")
    refuse(`the ${instance.kind} of a slide, which may show the patient's name`, source.name);
  return { source, instance };
}

function refuse(what: string, name: string): never {
  return raise("unsupported-format", {
    expected: "a VL Whole Slide Microscopy image with ImageType VOLUME",
    received: `${what}: ${name}`,
    remedy: "name an instance of the scan itself, or the folder that holds its series",
  });
}

/** The whole slide that an instance is a part of. Owns all it opened; on a failure it is closed, `first` apart. */
export async function seriesOf(first: Found, files: Neighbours | undefined, signal?: AbortSignal): Promise<Series> {
  if (!files) return { volumes: [first], beside: [], warnings: [] };
  const { found, unread } = await openAll(files, signal);
  const own = found.find(({ instance }) => instance.uid === first.instance.uid);
  const others = found.filter((each) => each !== own);
  own?.source.close();
  return { ...settle(first.instance, [first, ...others]), warnings: unread };
}

/** The one slide of a folder. @throws FailureError unsupported-format where it holds none, or several; that of an instance which cannot be read */
export async function seriesIn(files: Neighbours, signal?: AbortSignal): Promise<Series> {
  const { found, firstFailure } = await openAll(files, signal);
  const volumes = found.filter(({ instance }) => instance.kind === "volume");
  const pyramids = new Set(volumes.map(({ instance }) => instance.pyramid));
  const [first] = volumes;
  if (first && pyramids.size === 1 && !firstFailure) return { ...settle(first.instance, found), warnings: [] };
  for (const { source } of found) source.close();
  // the broken one may be the finest level
  if (firstFailure) throw firstFailure;
  return raise("unsupported-format", {
    expected: "a folder with the instances of one slide",
    received: first ? `${pyramids.size} slides in one folder` : `a folder without a DICOM image of a whole slide`,
    remedy: first ? "name one instance of the slide, or give each slide its own folder" : "name the slide file itself",
  });
}

/** Sorts what was found, and closes what is no level of the slide. Copies of an instance are left out. */
function settle(wanted: Instance, found: readonly Found[]): Omit<Series, "warnings"> {
  const volumes: Found[] = [];
  const beside: Instance[] = [];
  const seen = new Set<string>();
  for (const each of found) {
    const { instance, source } = each;
    const isNew = !seen.has(instance.uid);
    if (isNew && instance.kind === "volume" && instance.pyramid === wanted.pyramid) volumes.push(each);
    else source.close();
    if (isNew && instance.kind !== "volume" && isBeside(wanted, instance)) beside.push(instance);
    seen.add(instance.uid);
  }
  return { volumes, beside };
}

function isBeside(slide: Instance, other: Instance): boolean {
  return slide.series === other.series || (slide.container !== "" && slide.container === other.container);
}

interface Opened {
  readonly found: readonly Found[];
  readonly unread: readonly string[];
  readonly firstFailure: FailureError | null;
}

/** All readable instances of a folder. One that cannot be read is told: it may be of another slide. */
async function openAll(files: Neighbours, signal?: AbortSignal): Promise<Opened> {
  const names = candidates(await files.list());
  if (names.length > MAX_FILES) {
    raise("out-of-bounds", {
      expected: `a folder of at most ${MAX_FILES} files beside the slide`,
      received: `${names.length} files`,
      remedy: "give each slide its own folder",
    });
  }
  const found: Found[] = [];
  const unread: string[] = [];
  let firstFailure: FailureError | null = null;
  try {
    for (const name of names) {
      const outcome = await openOne(files, name, signal);
      if (outcome instanceof FailureError) {
        unread.push(`${name} beside the slide was not read: ${outcome.failure.kind}, ${outcome.failure.received}`);
        firstFailure ??= outcome;
      } else if (outcome) found.push(outcome);
    }
  } catch (error) {
    for (const { source } of found) source.close();
    throw error;
  }
  return { found, unread, firstFailure };
}

/** null where the file is no image of a whole slide; the failure where it begins like one and cannot be read. */
async function openOne(files: Neighbours, name: string, signal?: AbortSignal): Promise<Found | FailureError | null> {
  const source = await files.open(name);
  if (!source) return null;
  let instance: Instance | null = null;
  try {
    const isDicom = source.size > HEAD_BYTES && looksLikeDicom(await source.read(0, HEAD_BYTES, signal));
    if (isDicom) {
      instance = readInstance(await drive(readHeader(source.name, source.size), source, signal), source.name);
    }
    return instance && { source, instance };
  } catch (error) {
    if (error instanceof FailureError) return error;
    throw error;
  } finally {
    if (!instance) source.close();
  }
}

/** The first file of each slide in a folder, by name; files that are no image of a whole slide, or cannot be read, are passed over. */
export async function firstOfEachSlide(files: Neighbours, signal?: AbortSignal): Promise<readonly string[]> {
  const first = new Map<string, string>();
  for (const name of candidates(await files.list()).slice(0, MAX_FILES)) {
    const outcome = await openOne(files, name, signal);
    if (outcome === null || outcome instanceof FailureError) continue;
    const { instance, source } = outcome;
    source.close();
    if (instance.kind === "volume" && !first.has(instance.pyramid)) first.set(instance.pyramid, name);
  }
  return [...first.values()];
}
