/** A folder of DICOM instances, or one of them: every scan is written anew under a number for a name; all other files stay behind. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { raise, unwrap } from "@nacre/core";
import { openFileSource } from "../../bytes/file-source.ts";
import { neighboursInMemory } from "../../bytes/neighbours.ts";
import { looksLikeDicom } from "../../format/dicom/header.ts";
import { openSlideFile } from "../../slide/open-slide-file.ts";
import { FileSink, moveInto } from "../file-sink.ts";
import { type DeidFinding, type DeidReport, type KeptPicture, refuseDeid, refuseOtherPixels } from "../report.ts";
import { pixelDifference } from "../same-pixels.ts";
import { ATTRIBUTES, attributeName } from "./attributes.data.ts";
import { passInstance } from "./pass-instance.ts";

const MAX_FILES = 20_000;

export interface FolderDeid {
  readonly folder: string;
  /** null: all files of the folder; else one, and `output` is a file. */
  readonly names: readonly string[] | null;
  readonly output: string;
  readonly salt: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws FailureError refused, and those of reading and writing */
export async function deidDicom({ folder, names, output, salt, signal }: FolderDeid): Promise<DeidReport> {
  const aside = join(dirname(output), `.nacre-deid-${process.pid}-${Date.now()}.part`);
  mkdirSync(aside, { mode: 0o700 });
  try {
    const secret = salt ?? randomBytes(32).toString("hex");
    const { report, slides } = await passFolder({ folder, names, salt: secret, aside, signal });
    const written = readdirSync(aside).sort();
    const { report: again } = await passFolder({ folder: aside, names: null, salt: null, aside: null, signal });
    const hashes = (each: readonly KeptPicture[]): string => each.map(({ sha256 }) => sha256).join();
    if (!again.isClean || hashes(again.pictures) !== hashes(report.pictures)) broken(again.findings);
    for (const slide of slides.values()) await expectSame(slide, names !== null, signal);
    if (names === null) {
      if (existsSync(output)) moveInto(aside, output);
      renameSync(aside, output);
    } else moveInto(join(aside, written[0] ?? ""), output);
    return { ...report, warnings: salt === undefined ? [...report.warnings, NO_SALT] : report.warnings };
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

const NO_SALT = "without --salt the new UIDs cannot be made again: clean all instances of a study in one folder";

export async function checkDicomFolder(
  folder: string,
  names: readonly string[] | null,
  signal?: AbortSignal,
): Promise<DeidReport> {
  return (await passFolder({ folder, names, salt: null, aside: null, signal })).report;
}

interface FolderPass {
  readonly folder: string;
  readonly names: readonly string[] | null;
  readonly salt: string | null;
  readonly aside: string | null;
  readonly signal: AbortSignal | undefined;
}

/** One instance of a slide, and its copy. */
interface Copied {
  readonly path: string;
  readonly target: string;
}

/** The copy must open where the original does, and show the same. `isAlone`: what lies beside it is not copied. */
async function expectSame({ path, target }: Copied, isAlone: boolean, signal?: AbortSignal): Promise<void> {
  const opened = await openSlideFile(path, isAlone ? { neighbours: neighboursInMemory(new Map()) } : {}, signal);
  if (isAlone && !opened.ok && opened.failure.kind === "missing-file") partOfMore(path);
  const before = unwrap(opened);
  try {
    const difference = await pixelDifference(target, before, signal);
    if (difference !== null) refuseOtherPixels(difference);
  } finally {
    before.close();
  }
}

/** A part of a concatenation opens with the others alone, so nobody could vouch for its copy. */
function partOfMore(path: string): never {
  return raise("bad-usage", {
    expected:
      "the folder of the series: an instance alone lacks frames of its level, as a part of a concatenation does",
    received: path,
    remedy: `clean all of its parts together: nacre slide deid ${dirname(path)} OUT-FOLDER`,
  });
}

interface PassedFolder {
  readonly report: DeidReport;
  /** The first instance of each slide that was written. */
  readonly slides: ReadonlyMap<string, Copied>;
}

async function passFolder({ folder, names, salt, aside, signal }: FolderPass): Promise<PassedFolder> {
  const all = names ?? readdirSync(folder).sort();
  if (all.length > MAX_FILES)
    refuseDeid(`at most ${MAX_FILES} files`, `${all.length} in ${folder}`, "give each slide its own folder");
  const pictures: KeptPicture[] = [];
  const findings: DeidFinding[] = [];
  const slides = new Map<string, Copied>();
  for (const [i, name] of all.entries()) {
    signal?.throwIfAborted();
    const where = `file ${i + 1}`;
    const path = join(folder, name);
    const target = aside === null ? null : join(aside, `instance-${String(pictures.length + 1).padStart(4, "0")}.dcm`);
    const passed = await passFile(path, { where, salt, target, signal });
    findings.push(...passed.findings);
    if (passed.picture) pictures.push(passed.picture);
    if (passed.picture && target && !slides.has(passed.pyramid)) slides.set(passed.pyramid, { path, target });
  }
  if (pictures.length === 0)
    refuseDeid("an instance of a scan", `${all.length} files without one`, "name the folder that holds the series");
  const report: DeidReport = {
    format: "dicom",
    isClean: findings.length === 0,
    isWritten: aside !== null,
    findings,
    kept: [...ATTRIBUTES.keys()].map(attributeName),
    pictures,
    warnings: ["pen, stickers and writing on the tissue itself are pixels of the scan and stay"],
  };
  return { report, slides };
}

interface FilePass {
  readonly where: string;
  readonly salt: string | null;
  readonly target: string | null;
  readonly signal: AbortSignal | undefined;
}

async function passFile(path: string, { where, salt, target, signal }: FilePass) {
  const nothing = {
    ...{ picture: null, pyramid: "" },
    findings: [{ where, what: "a file that is no DICOM instance", action: "removed" as const }],
  };
  const stat = statSync(path);
  if (!stat.isFile() || stat.size <= 132) return nothing;
  const source = openFileSource(path);
  let sink: FileSink | null = null;
  try {
    if (!looksLikeDicom(await source.read(0, 132))) return nothing;
    const passed = await passInstance(source, {
      ...{ where, salt, signal },
      sink: () => {
        sink = target === null ? null : new FileSink(target);
        return sink;
      },
    });
    (sink as FileSink | null)?.close();
    return passed;
  } finally {
    (sink as FileSink | null)?.close();
    source.close();
  }
}

function broken(findings: readonly DeidFinding[]): never {
  return raise("internal", {
    expected: "copies that are clean and hold the frames of the originals",
    received: findings.map(({ where, what }) => `${where}: ${what}`).join("; ") || "other frames",
    remedy: "report this as a defect of Nacre; no copy was left behind",
  });
}
