/** The door of de-identification: a clean copy beside the original, or the answer whether a slide is clean. Never in place. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { attempt, type Outcome, raise, unwrap } from "@nacre/core";
import type { ByteSource } from "../bytes/byte-source.ts";
import { openFileSource } from "../bytes/file-source.ts";
import { looksLikeDicom } from "../format/dicom/header.ts";
import { looksLikeTiff } from "../format/tiff-directory.ts";
import { openSlideFile } from "../slide/open-slide-file.ts";
import { checkDicomFolder, deidDicom } from "./dicom/deid-folder.ts";
import { FileSink, moveInto } from "./file-sink.ts";
import { type DeidReport, refuseDeid } from "./report.ts";
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
      tiff: (source) => deidTiff(source, { input, output, allowUnknown: options.allowUnknown === true }, signal),
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
      tiff: (source) => passTiff(source, { sink: null, allowUnknown: true, signal }),
    }),
  );
}

interface Ways {
  /** `names`: null for every file of the folder. */
  readonly dicom: (folder: string, names: readonly string[] | null) => Promise<DeidReport>;
  readonly tiff: (source: ByteSource) => Promise<DeidReport>;
}

async function route(input: string, ways: Ways): Promise<DeidReport> {
  if (statSync(input, { throwIfNoEntry: false })?.isDirectory()) return ways.dicom(input, null);
  const source = openFileSource(input);
  try {
    const head = await source.read(0, Math.min(132, source.size));
    if (looksLikeDicom(head)) return await ways.dicom(dirname(input), [basename(input)]);
    if (looksLikeTiff(head)) return await ways.tiff(source);
  } finally {
    source.close();
  }
  return refuseDeid(
    "SVS, plain TIFF, NDPI, SCN, Philips, BIF or DICOM",
    `${input}, a file of another format`,
    "convert it first with nacre slide convert",
  );
}

function expectFree(input: string, output: string): void {
  const isFree = !existsSync(output) && resolve(input) !== resolve(output);
  if (isFree) return;
  raise("bad-usage", {
    expected: "an output where nothing lies yet",
    received: `${output}, which exists`,
    remedy: "name another output: a slide is never cleaned in place",
  });
}

interface TiffWay {
  readonly input: string;
  readonly output: string;
  readonly allowUnknown: boolean;
}

async function deidTiff(
  source: ByteSource,
  { input, output, allowUnknown }: TiffWay,
  signal?: AbortSignal,
): Promise<DeidReport> {
  const before = unwrap(await openSlideFile(input));
  before.close();
  const aside = join(dirname(output), `.nacre-deid-${process.pid}-${Date.now()}.part`);
  const sink = new FileSink(aside);
  try {
    const report = await passTiff(source, { sink, allowUnknown, signal });
    sink.close();
    await prove(aside, report, before.info.levels, signal);
    moveInto(aside, output);
    return report;
  } catch (error) {
    sink.drop();
    throw error;
  }
}

/** Reads the copy again: it must be clean, hold the same blocks, and open as the same levels. */
async function prove(
  path: string,
  report: DeidReport,
  levels: readonly { readonly width: number; readonly height: number }[],
  signal?: AbortSignal,
): Promise<void> {
  const source = openFileSource(path);
  try {
    const again = await passTiff(source, { sink: null, allowUnknown: true, signal });
    const hashes = (each: DeidReport): string => each.pictures.map(({ sha256 }) => sha256).join();
    if (!again.isClean || hashes(again) !== hashes(report))
      broken(again.findings.map(({ where, what }) => `${where}: ${what}`).join("; "));
  } finally {
    source.close();
  }
  const slide = unwrap(await openSlideFile(path));
  slide.close();
  const sizes = (list: typeof levels): string => list.map(({ width, height }) => `${width} x ${height}`).join();
  if (sizes(slide.info.levels) !== sizes(levels))
    broken(`levels of ${sizes(slide.info.levels)} in place of ${sizes(levels)}`);
}

function broken(received: string): never {
  return raise("internal", {
    expected: "a copy that is clean and holds the blocks of the original",
    received: received || "other blocks",
    remedy: "report this as a defect of Nacre; no copy was left behind",
  });
}
