/**
 * What an OME-Zarr folder says: 0.4 (`.zattrs` on Zarr 2) and 0.5 (`zarr.json` on Zarr 3). It is read and bounded here, before
 * zarrita sees any of it: axes, levels, scale, channels, shapes of chunks and shards, and the codecs they need.
 */
import { raise } from "@nacre/core";
import type { Neighbours } from "../../bytes/neighbours.ts";
import { staysInside } from "../../bytes/neighbours.ts";
import { hostile } from "../tiff-directory.ts";

/** A JSON object of which nothing is known. */
export type Json = Readonly<Record<string, unknown>>;

export type AxisName = "t" | "c" | "z" | "y" | "x";

export interface ZarrChannel {
  readonly label: string;
  /** Six hexadecimal digits, or "". */
  readonly colour: string;
}

export interface OmeZarr {
  /** 2 or 3: of the storage, not of OME. */
  readonly zarr: 2 | 3;
  readonly version: string;
  readonly name: string;
  readonly axes: readonly AxisName[];
  /** Micrometres per pixel of level 0, or null. */
  readonly mpp: number | null;
  /** Folders of the levels, as named. */
  readonly paths: readonly string[];
  readonly channels: readonly ZarrChannel[];
  /** Folder of the picture in the one that was opened, "" or "0/". */
  readonly folder: string;
  readonly warnings: readonly string[];
}

/** Metadata of this size hold hundreds of channels. */
const MAX_JSON_BYTES = 2 ** 22;
const MAX_LEVELS = 64;
const MAX_CHANNELS = 4096;

/** The JSON of a file, or null where there is none. @throws FailureError hostile-file */
export async function readJson(files: Neighbours, name: string, signal?: AbortSignal): Promise<Json | null> {
  const source = await files.open(name);
  if (!source) return null;
  try {
    if (source.size > MAX_JSON_BYTES) hostile(source.name, `JSON of at most ${MAX_JSON_BYTES} bytes`);
    const value = parse(new TextDecoder().decode(await source.read(0, source.size, signal)));
    return isObject(value) ? value : hostile(source.name, "a JSON object");
  } finally {
    source.close();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `folder` is named in failures. @throws FailureError hostile-file, unsupported-format, missing-file */
export async function readOmeZarr(folder: string, files: Neighbours, signal?: AbortSignal): Promise<OmeZarr> {
  const top = await attributesOf(files, "", signal);
  if (!top) return noPicture(folder, "a folder without Zarr metadata");
  if (top.attributes.multiscales) return planOf(folder, "", top, []);
  if (top.attributes.plate || top.attributes.well) return noPicture(folder, "a plate of many pictures");
  // bioformats2raw lays every picture of a file into a folder of its own
  const inner = await attributesOf(files, "0/", signal);
  if (!inner?.attributes.multiscales) return noPicture(folder, "a Zarr group without multiscales");
  const more = await attributesOf(files, "1/", signal);
  return planOf(folder, "0/", inner, more?.attributes.multiscales ? ["several pictures: the first is read"] : []);
}

interface Attributes {
  readonly zarr: 2 | 3;
  readonly attributes: Json;
}

async function attributesOf(files: Neighbours, folder: string, signal?: AbortSignal): Promise<Attributes | null> {
  const v3 = await readJson(files, `${folder}zarr.json`, signal);
  if (v3) checkVersion(v3, 3, `${folder}zarr.json`, "the OME-Zarr folder");
  if (v3) return { zarr: 3, attributes: objectIn(objectIn(v3, "attributes"), "ome") };
  const v2 = await readJson(files, `${folder}.zattrs`, signal);
  return v2 && { zarr: 2, attributes: v2 };
}

/** @throws FailureError unsupported-format where the metadata `key` are of another version of Zarr than their place says */
export function checkVersion(json: Json, zarr: 2 | 3, key: string, name: string): void {
  if (json.zarr_format === zarr) return;
  raise("unsupported-format", {
    expected: `zarr_format ${zarr} in ${key}`,
    received: `${JSON.stringify(json.zarr_format) ?? "none"} in ${name}`,
    remedy: "write the picture again as OME-Zarr 0.4 or 0.5",
  });
}

function noPicture(folder: string, received: string): never {
  return raise("unsupported-format", {
    expected: "an OME-Zarr picture (0.4 or 0.5)",
    received: `${received}: ${folder}`,
    remedy: "name the folder of one picture: the one whose .zattrs or zarr.json holds multiscales",
  });
}

function planOf(folder: string, inner: string, { zarr, attributes }: Attributes, warnings: readonly string[]): OmeZarr {
  const [first, second] = listIn(attributes, "multiscales");
  if (!first) return noPicture(folder, "multiscales without a picture");
  const axes = axesOf(first, folder);
  const datasets = listIn(first, "datasets");
  if (datasets.length === 0 || datasets.length > MAX_LEVELS) hostile(folder, `1 to ${MAX_LEVELS} levels`);
  const paths = datasets.map((dataset) => textIn(dataset, "path"));
  for (const path of paths)
    if (!staysInside(path) || path.endsWith("/")) hostile(folder, "paths of levels inside the folder");
  const channels = listIn(objectIn(attributes, "omero"), "channels").slice(0, MAX_CHANNELS);
  return {
    zarr,
    version: textIn(first, "version") || textIn(attributes, "version") || (zarr === 3 ? "0.5" : "0.4"),
    name: textIn(first, "name"),
    axes: axes.map(({ name }) => name),
    mpp: mppOf(axes, first, datasets[0] as Json),
    paths,
    channels: channels.map((channel) => ({
      label: textIn(channel, "label"),
      colour: textIn(channel, "color").toUpperCase(),
    })),
    folder: inner,
    warnings: [...warnings, ...(second ? ["several multiscales: the first is read"] : [])],
  };
}

interface Axis {
  readonly name: AxisName;
  readonly unit: string;
}

function axesOf(multiscale: Json, folder: string): readonly Axis[] {
  const axes = listIn(multiscale, "axes").map((axis) => ({ name: textIn(axis, "name"), unit: textIn(axis, "unit") }));
  const names = axes.map(({ name }) => name);
  const isKnown = (axis: { name: string; unit: string }): axis is Axis => /^[tczyx]$/.test(axis.name);
  const isSound = new Set(names).size === names.length && names.includes("y") && names.includes("x");
  if (!isSound || !axes.every(isKnown)) {
    return raise("unsupported-format", {
      expected: "axes of t, c, z, y and x, each at most once, as OME-Zarr 0.4 and 0.5 name them",
      received: `${names.join(", ") || "none"} in ${folder}`,
      remedy: "write the picture again as OME-Zarr 0.4 or 0.5",
    });
  }
  return axes;
}

const MICRONS: Readonly<Record<string, number>> = {
  picometer: 1e-6,
  angstrom: 1e-4,
  nanometer: 1e-3,
  micrometer: 1,
  millimeter: 1e3,
  centimeter: 1e4,
  meter: 1e6,
  inch: 25_400,
};

/** Scales of the level and of the whole multiply. Without a unit nobody knows what they mean. */
function mppOf(axes: readonly Axis[], multiscale: Json, dataset: Json): number | null {
  const along = (name: AxisName): number => {
    const i = axes.findIndex((axis) => axis.name === name);
    const unit = MICRONS[axes[i]?.unit ?? ""] ?? Number.NaN;
    return [multiscale, dataset].reduce((product, at) => product * scaleIn(at, i), unit);
  };
  const mpp = Math.sqrt(along("x") * along("y"));
  return Number.isFinite(mpp) && mpp > 0 && along("x") > 0 ? mpp : null;
}

function scaleIn(at: Json, axis: number): number {
  const transformation = listIn(at, "coordinateTransformations").find((t) => t.type === "scale");
  if (!transformation) return 1;
  const scale = transformation.scale;
  const value: unknown = Array.isArray(scale) ? scale[axis] : undefined;
  return typeof value === "number" ? value : Number.NaN;
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object under a key, or an empty one. */
export function objectIn(json: Json, key: string): Json {
  const value = Object.hasOwn(json, key) ? json[key] : undefined;
  return isObject(value) ? value : {};
}

/** The objects of the list under a key. */
export function listIn(json: Json, key: string): readonly Json[] {
  const value = Object.hasOwn(json, key) ? json[key] : undefined;
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The text under a key, or "". */
export function textIn(json: Json, key: string): string {
  const value = Object.hasOwn(json, key) ? json[key] : undefined;
  return typeof value === "string" ? value : "";
}
