/**
 * A series of an archive brought into a project's folder (WADO-RS, PS3.18, 10.4): what it holds is asked first, then each instance of the scan is
 * streamed to disk, checked, and the folder renamed when whole. Labels and overviews are not asked for: they show who the patient is.
 */
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { FailureError, raise, unwrap } from "@nacre/core";
import { openSlideFile, WHOLE_SLIDE } from "@nacre/imaging/node";
import type { ArchiveProject } from "../archive/archive.ts";
import { realInside } from "../archive/inside.ts";
import { keyOf } from "../archive/key-of.ts";
import { askObjects, type DicomObject, isUid, textIn, textsIn } from "./dicom-json.ts";
import { type ArchiveCall, archiveFailure, askArchive } from "./dicom-request.ts";
import { boundaryOf, partsOf } from "./multipart.ts";

export interface SeriesAddress {
  readonly study: string;
  readonly series: string;
}

export interface ImportedSeries {
  /** Inside the project, with `/`. */
  readonly folder: string;
  readonly instances: number;
  readonly bytes: number;
  /** Whether it was there already, and nothing was fetched. */
  readonly wasThere: boolean;
}

const running = new Map<string, Promise<ImportedSeries>>();

/** Twice at once is once. @throws FailureError by name of what is wrong; nothing is left in the folder then */
export function importSeries(
  call: ArchiveCall,
  project: ArchiveProject,
  address: SeriesAddress,
): Promise<ImportedSeries> {
  const key = keyOf("dicom", address.study, address.series);
  const one = `${project.folder}\n${key}`;
  const before = running.get(one);
  if (before !== undefined) return before;
  const begun = bring(call, project, { ...address, key }).finally(() => running.delete(one));
  running.set(one, begun);
  return begun;
}

async function bring(
  call: ArchiveCall,
  project: ArchiveProject,
  { key, ...address }: SeriesAddress & { readonly key: string },
): Promise<ImportedSeries> {
  const root = join(project.folder, "dicom");
  await mkdir(root, { recursive: true });
  if (realInside(project.folder, "dicom") !== root) {
    raise("no-permission", {
      expected: "a folder `dicom` inside the project",
      received: "a link that leads elsewhere",
      remedy: "replace the link by a folder",
    });
  }
  await sweep(root);
  const folder = join(root, key);
  const inside = `dicom/${key}`;
  if ((await stat(folder).catch(() => null)) !== null)
    return { folder: inside, instances: 0, bytes: 0, wasThere: true };
  const instances = await scanInstances(call, address);
  // hidden: a scan of the project passes it by
  const aside = join(root, `.${key}.${randomBytes(4).toString("hex")}.part`);
  try {
    await mkdir(aside);
    const bytes = await fetchAll(call, { address, instances, aside });
    const slide = unwrap(await openSlideFile(aside, {}, call.signal));
    slide.close();
    await rename(aside, folder);
    return { folder: inside, instances: instances.length, bytes, wasThere: false };
  } catch (error) {
    throw diskFailure(error);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

const ASIDE = /^\.[0-9a-f]{16}\.[0-9a-f]{8}\.part$/;
const STALE_MS = 24 * 3600_000;

/** Removes what a service that was ended in the middle left behind; what was written to within a day may be another's. */
async function sweep(root: string): Promise<void> {
  for (const name of (await readdir(root)).filter((each) => ASIDE.test(each))) {
    const at = await stat(join(root, name)).catch(() => null);
    if (at !== null && Date.now() - at.mtimeMs > STALE_MS) await rm(join(root, name), { recursive: true, force: true });
  }
}

/** UIDs of the instances that are levels of the scan. */
async function scanInstances(call: ArchiveCall, { study, series }: SeriesAddress): Promise<readonly string[]> {
  const path = `studies/${study}/series/${series}/instances`;
  const objects = await listInstances(call, path);
  const uids: string[] = [];
  for (const [uid, object] of objects) if (isScan(await withType(call, `${path}/${uid}`, object))) uids.push(uid);
  if (uids.length > 0) return uids;
  const classes = [...new Set([...objects.values()].map((object) => textIn(object, SOP_CLASS) ?? "none"))].join(", ");
  return archiveFailure(
    objects.size === 0 ? "missing-file" : "unsupported-format",
    call.source,
    `a series with VL Whole Slide Microscopy images (${WHOLE_SLIDE})`,
    objects.size === 0 ? "an empty series, or none" : `${objects.size} other instances (${classes.slice(0, 200)})`,
    "choose a series of modality SM",
  );
}

const IMAGE_TYPE = "00080008";
const SOP_CLASS = "00080016";

/** Instances by UID, page by page until nothing new comes: archives answer with as many at a time as they like. */
async function listInstances(call: ArchiveCall, path: string): Promise<ReadonlyMap<string, DicomObject>> {
  const { source, limits } = call;
  const found = new Map<string, DicomObject>();
  for (let offset = 0; ; ) {
    const page = await askObjects(call, `${path}?includefield=${IMAGE_TYPE}&limit=${PAGE}&offset=${offset}`);
    const before = found.size;
    for (const object of page) {
      const uid = textIn(object, "00080018");
      if (isUid(uid)) found.set(uid, object);
    }
    if (page.length > limits.mostInstances || found.size > limits.mostInstances) {
      const expected = `a series of at most ${limits.mostInstances} instances`;
      archiveFailure("out-of-bounds", source, expected, "a longer one", "bring it by hand");
    }
    if (found.size === before) return found;
    offset += page.length;
  }
}

const PAGE = 500;

/** The object, with its ImageType: not every archive tells that in a list. */
async function withType(call: ArchiveCall, path: string, object: DicomObject): Promise<DicomObject> {
  if (textIn(object, SOP_CLASS) !== WHOLE_SLIDE || textsIn(object, IMAGE_TYPE).length > 0) return object;
  const [whole] = await askObjects(call, `${path}/metadata`);
  return whole ?? object;
}

/** What does not say its type is left: it may be a label. */
function isScan(object: DicomObject): boolean {
  const kinds = textsIn(object, IMAGE_TYPE);
  const isBeside = ["LABEL", "OVERVIEW", "LOCALIZER", "THUMBNAIL"].some((kind) => kinds.includes(kind));
  return textIn(object, SOP_CLASS) === WHOLE_SLIDE && kinds.length > 0 && !isBeside;
}

interface Fetched {
  readonly address: SeriesAddress;
  readonly instances: readonly string[];
  readonly aside: string;
}

async function fetchAll(call: ArchiveCall, { address, instances, aside }: Fetched): Promise<number> {
  let bytes = 0;
  for (const [i, instance] of instances.entries()) {
    const left = call.limits.mostSeries - bytes;
    bytes += await fetchInstance(call, { address, instance, left, file: join(aside, `instance-${i + 1}.dcm`) });
  }
  return bytes;
}

interface FetchedInstance {
  readonly address: SeriesAddress;
  readonly instance: string;
  /** Bytes that the series may still have. */
  readonly left: number;
  readonly file: string;
}

async function fetchInstance(call: ArchiveCall, { address, instance, left, file }: FetchedInstance): Promise<number> {
  const { source } = call;
  const { study, series } = address;
  const answer = await askArchive(call, `studies/${study}/series/${series}/instances/${instance}`, {
    accept: 'multipart/related; type="application/dicom"; transfer-syntax=*',
  });
  const boundary = boundaryOf(answer.type);
  if (answer.length !== null) await checkRoom(call, { length: answer.length, left, file });
  let size: number | null = null;
  for await (const { body } of partsOf(answer.body, boundary)) {
    if (size !== null)
      archiveFailure("hostile-file", source, "one instance", "several", "look into the log of the archive");
    size = await writeTo(file, body, call, left);
  }
  if (size === null) archiveFailure("truncated-file", source, "an instance", "an answer without one", "try again");
  await checkInstance(call, file, instance);
  return size ?? 0;
}

/** Refuses what is said to be larger than may be, or than the disk has room for, before a byte of it is read. */
async function checkRoom(
  { source }: ArchiveCall,
  { length, left, file }: { readonly length: number; readonly left: number; readonly file: string },
): Promise<void> {
  if (length > left) {
    archiveFailure(
      "out-of-bounds",
      source,
      "a series within the limit",
      `an instance of ${length} bytes`,
      "bring it by hand",
    );
  }
  const { bavail, bsize } = await statfs(join(file, ".."));
  if (length < bavail * bsize) return;
  raise("disk-full", {
    expected: `room for ${length} bytes`,
    received: `${bavail * bsize} bytes free`,
    remedy: "make room on the disk of the project",
  });
}

async function writeTo(
  file: string,
  body: AsyncIterable<Uint8Array>,
  { source }: ArchiveCall,
  left: number,
): Promise<number> {
  const out = await open(file, "wx");
  try {
    let size = 0;
    for await (const piece of body) {
      size += piece.length;
      if (size > left)
        archiveFailure("out-of-bounds", source, "a series within the limit", "a larger one", "bring it by hand");
      await out.writeFile(piece);
    }
    await out.sync();
    return size;
  } finally {
    await out.close();
  }
}

const HEAD = 4096;

/** That the file is DICOM of the class and the UID that were asked for: both stand in its head (PS3.10, 7.1). */
async function checkInstance({ source }: ArchiveCall, file: string, instance: string): Promise<void> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const head = buffer.subarray(0, bytesRead);
    const isDicom = head.toString("latin1", 128, 132) === "DICM";
    const has = (tag: readonly number[], uid: string): boolean => {
      const text = Buffer.from(uid.length % 2 === 0 ? uid : `${uid}\0`, "latin1");
      return head.includes(Buffer.concat([Buffer.from([...tag, 0x55, 0x49, text.length, 0]), text]));
    };
    if (isDicom && has([2, 0, 2, 0], WHOLE_SLIDE) && has([2, 0, 3, 0], instance)) return;
    const what = isDicom ? "a DICOM file of another class or UID" : "what is no DICOM file";
    archiveFailure(
      "unsupported-format",
      source,
      "the instance that was asked for",
      what,
      "look into the log of the archive",
    );
  } finally {
    await handle.close();
  }
}

function diskFailure(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const kind = code === "ENOSPC" ? "disk-full" : code === "EACCES" || code === "EROFS" ? "no-permission" : null;
  if (kind === null) return error;
  return new FailureError(
    {
      kind,
      expected: "a project folder that can be written",
      received: String(code),
      remedy: kind === "disk-full" ? "make room on its disk" : "give the service leave to write there",
    },
    { cause: error },
  );
}
