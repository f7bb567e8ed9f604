/** The door of de-identification: a clean copy beside the original, or the answer whether a slide is clean. Never in place. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { attempt, type Outcome, raise, unwrap } from "@nacre/core";
import type { ByteSource } from "../bytes/byte-source.ts";
import { openFileSource } from "../bytes/file-source.ts";
import { looksLikeCzi } from "../format/czi/czi-slide.ts";
import { looksLikeDicom } from "../format/dicom/header.ts";
import { looksLikeTiff } from "../format/tiff-directory.ts";
import { isVsi } from "../format/vsi/vsi-slide.ts";
import { openSlideFile } from "../slide/open-slide-file.ts";
import { passCzi } from "./czi/deid-czi.ts";
import type { PassFile } from "./deid-pass.ts";
import { checkDicomFolder, deidDicom } from "./dicom/deid-folder.ts";
import { FileSink, moveInto } from "./file-sink.ts";
import { type DeidReport, refuseDeid, refuseOtherPixels } from "./report.ts";
import { pixelDifference } from "./same-pixels.ts";
import { passTiff } from "./tiff/deid-tiff.ts";

export interface DeidOptions {
  /** Leaves out tags that nobody knows, in place of refusing the slide. */
  readonly allowUnknown?: boolean;
  /** Secret behind new DICOM UIDs; default: a new one each time. */
  readonly salt?: string;
}

/**
 * Writes a clean copy of a slide: a file of the TIFF family, or a folder of DICOM instances. The copy is read again and held against
 * what was to be written before it gets its name.
 * Failures: refused (what nobody can vouch for), bad-usage (the output exists), and those of opening and writing.
 */
export function deidentifySlide(
  input: string,
  output: string,
  options: DeidOptions = {},
  signal?: AbortSignal,
): Promise<Outcome<DeidReport>> {
  return attempt(async () => {
    expectFree(input, output);
    const report = await route(input, {
      dicom: (folder, names) => deidDicom({ folder, names, output, salt: options.salt, signal }),
      file: (source, pass) =>
        deidFile(source, pass, { input, output, allowUnknown: options.allowUnknown === true }, signal),
    });
    if (basename(input) !== basename(output)) return report;
    return {
      ...report,
      warnings: [...report.warnings, "the copy has the name of the original, which may itself name a person"],
    };
  });
}

/** Whether a slide is clean: what a copy would leave out is in the findings. Failures: refused, and those of opening. */
export function checkSlide(input: string, signal?: AbortSignal): Promise<Outcome<DeidReport>> {
  return attempt(() =>
    route(input, {
      dicom: (folder, names) => checkDicomFolder(folder, names, signal),
      file: (source, pass) => pass(source, { sink: null, allowUnknown: true, signal }),
    }),
  );
}

interface Ways {
  /** `names`: null for every file of the folder. */
  readonly dicom: (folder: string, names: readonly string[] | null) => Promise<DeidReport>;
  readonly file: (source: ByteSource, pass: PassFile) => Promise<DeidReport>;
}

async function route(input: string, ways: Ways): Promise<DeidReport> {
  if (statSync(input, { throwIfNoEntry: false })?.isDirectory()) return ways.dicom(input, null);
  const source = openFileSource(input);
  try {
    const head = await source.read(0, Math.min(132, source.size));
    if (looksLikeDicom(head)) return await ways.dicom(dirname(input), [basename(input)]);
    if (isVsi(input)) refuseVsi();
    if (looksLikeTiff(head)) return await ways.file(source, passTiff);
    if (looksLikeCzi(head)) return await ways.file(source, passCzi);
  } finally {
    source.close();
  }
  return refuseDeid(
    "SVS, plain TIFF, OME-TIFF, NDPI, SCN, Philips, BIF, CZI or DICOM",
    `${input}, a file of another format`,
    "convert it first with nacre slide convert",
  );
}

/** The tag tree of a VSI file has no public description: nobody can say what of it names a person. */
const refuseVsi = (): never =>
  refuseDeid(
    "a format whose every byte is described",
    "an Olympus VSI, whose tags are not",
    "convert it with nacre slide convert: the copy carries pixels and scale alone",
  );

function expectFree(input: string, output: string): void {
  const isFree = !existsSync(output) && resolve(input) !== resolve(output);
  if (isFree) return;
  raise("bad-usage", {
    expected: "an output where nothing lies yet",
    received: `${output}, which exists`,
    remedy: "name another output: a slide is never cleaned in place",
  });
}

interface FileWay {
  readonly input: string;
  readonly output: string;
  readonly allowUnknown: boolean;
}

async function deidFile(
  source: ByteSource,
  pass: PassFile,
  { input, output, allowUnknown }: FileWay,
  signal?: AbortSignal,
): Promise<DeidReport> {
  const before = unwrap(await openSlideFile(input));
  const aside = join(dirname(output), `.nacre-deid-${process.pid}-${Date.now()}.part`);
  const sink = new FileSink(aside);
  try {
    const report = await pass(source, { sink, allowUnknown, signal });
    sink.close();
    await proveClean(aside, pass, report, signal);
    const difference = await pixelDifference(aside, before, signal);
    if (difference !== null) refuseOtherPixels(difference);
    moveInto(aside, output);
    return report;
  } catch (error) {
    sink.drop();
    throw error;
  } finally {
    before.close();
  }
}

/** Reads the copy again: it must be clean and hold the same blocks. */
async function proveClean(path: string, pass: PassFile, report: DeidReport, signal?: AbortSignal): Promise<void> {
  const source = openFileSource(path);
  try {
    const again = await pass(source, { sink: null, allowUnknown: true, signal });
    const hashes = (each: DeidReport): string => each.pictures.map(({ sha256 }) => sha256).join();
    if (!again.isClean || hashes(again) !== hashes(report))
      broken(again.findings.map(({ where, what }) => `${where}: ${what}`).join("; "));
  } finally {
    source.close();
  }
}

function broken(received: string): never {
  return raise("internal", {
    expected: "a copy that is clean and holds the blocks of the original",
    received: received || "other blocks",
    remedy: "report this as a defect of Nacre; no copy was left behind",
  });
}
