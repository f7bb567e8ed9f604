/** OME-Zarr as a slide: a folder on disk, in memory or on a server, its levels as chunked arrays read through zarrita. */
import { unwrap } from "@nacre/core";
import { open, root, type Array as ZarrArray } from "zarrita";
import type { Neighbours } from "../../bytes/neighbours.ts";
import type { Codecs } from "../../codec/codec.ts";
import { gridReader } from "../../slide/grid-reader.ts";
import { regionSlide } from "../../slide/region-slide.ts";
import type { OpenOptions, Slide } from "../../slide/slide.ts";
import { inColour } from "../apply-icc.ts";
import { choosePlane } from "../choose-plane.ts";
import { settleScale } from "../scale.ts";
import { shownProperties } from "../shown-properties.ts";
import { hostile } from "../tiff-directory.ts";
import { windowTable } from "../word-samples.ts";
import { type ArrayFacts, arrayFacts, withFill } from "./zarr-array.ts";
import { boundZarrCodecs } from "./zarr-codecs.ts";
import { readZarrBlock, type Shown, type ZarrLevel } from "./zarr-level.ts";
import { type AxisName, checkVersion, type Json, type OmeZarr, readJson, readOmeZarr } from "./zarr-metadata.ts";
import { type ZarrStore, zarrStore } from "./zarr-store.ts";

/** Whether the names of a folder's files are those of a Zarr group. */
export const mayBeZarrFolder = (names: readonly string[]): boolean =>
  names.includes(".zattrs") || names.includes(".zgroup") || names.includes("zarr.json");

/** @throws FailureError unsupported-format, unsupported-codec, hostile-file, missing-file, implausible-scale, out-of-bounds */
export async function openZarrFolder(
  files: Neighbours,
  codecs: Codecs,
  options: OpenOptions,
  signal?: AbortSignal,
  name = "the OME-Zarr folder",
): Promise<Slide> {
  boundZarrCodecs();
  const picture = await readOmeZarr(name, files, signal);
  const arrays = await readArrays(picture, files, name, signal);
  const base = arrays[0] as StoredArray;
  const sideOf = (axis: AxisName): number => base.facts.shape[picture.axes.indexOf(axis)] ?? 1;
  const isRgb = showsColours(picture, base.facts, options);
  const names = isRgb
    ? ["RGB"]
    : Array.from({ length: sideOf("c") }, (_, i) => picture.channels[i]?.label || `channel ${i}`);
  const planes = choosePlane({ channels: names, focalPlanes: sideOf("z"), times: sideOf("t") }, options.plane, name);
  const scale = unwrap(settleScale(picture.mpp, options, name));
  const store = storeOf(arrays, files, isRgb, name);
  const levels = await openLevels(picture, arrays, store, name);
  const range = options.window ?? (base.facts.bits === 16 ? ([0, 65535] as const) : null);
  const shown: Shown = {
    ...{ name, isRgb, plane: planes?.plane ?? { channel: 0, focalPlane: 0, time: 0 }, focalPlanes: sideOf("z") },
    window: range && windowTable(base.facts.bits, range),
  };
  const reader = gridReader((level, place, abort) =>
    readZarrBlock(levels[level.index] as ZarrLevel, place, shown, abort),
  );
  const { width, height } = levels[0] as ZarrLevel;
  const info = {
    ...{
      format: "ome-zarr",
      vendor: "generic",
      reader: `zarrita (${base.facts.codecs.join(", ") || "not compressed"})`,
    },
    ...{ width, height, ...scale, objective: null, icc: false, iccSought: false },
    levels: levels.map(({ array: _, facts: __, axes: ___, ...level }) => level),
    properties: shownProperties(
      { "ome-zarr.version": picture.version, ...(picture.name === "" ? {} : { "ome-zarr.name": picture.name }) },
      options,
    ),
    ...(planes ? { planes } : {}),
    warnings: [...picture.warnings, ...scale.warnings],
  };
  const slide = regionSlide({
    info,
    readLevel: reader.readLevel,
    close() {
      reader.clear();
      store.close();
    },
  });
  return inColour(slide, { profile: null, codecs, name }, options);
}

interface StoredArray {
  /** Name of its metadata in the folder. */
  readonly key: string;
  readonly path: string;
  readonly json: Json;
  readonly facts: ArrayFacts;
}

async function readArrays(
  picture: OmeZarr,
  files: Neighbours,
  name: string,
  signal?: AbortSignal,
): Promise<readonly StoredArray[]> {
  const arrays: StoredArray[] = [];
  for (const level of picture.paths) {
    const path = picture.folder + level;
    const key = `${path}/${picture.zarr === 3 ? "zarr.json" : ".zarray"}`;
    const json = await readJson(files, key, signal);
    if (!json) return hostile(name, `the array ${path}`);
    checkVersion(json, picture.zarr, key, name);
    arrays.push({ key, path, json, facts: arrayFacts(json, picture.zarr, picture.axes.length, `${path} of ${name}`) });
  }
  return arrays;
}

/** Three channels of bytes are colours when they are called so, or when nobody called them anything. */
function showsColours(picture: OmeZarr, { shape, bits }: ArrayFacts, options: OpenOptions): boolean {
  if (bits !== 8 || shape[picture.axes.indexOf("c")] !== 3 || (options.plane?.channel ?? 0) > 0) return false;
  const { channels } = picture;
  if (channels.length === 0) return true;
  const isPlain = channels.every(({ label }, i) => PLAIN_LABEL[i]?.test(label));
  const colours = channels.map(({ colour }) => colour).join(" ");
  return channels.length === 3 && isPlain && (colours === "FF0000 00FF00 0000FF" || colours.trim() === "");
}

const PLAIN_LABEL: readonly RegExp[] = [
  /^(|r|red|(channel[ :_]*)?(0|0:0))$/i,
  /^(|g|green|(channel[ :_]*)?(1|0:1))$/i,
  /^(|b|blue|(channel[ :_]*)?(2|0:2))$/i,
];

function storeOf(arrays: readonly StoredArray[], files: Neighbours, isRgb: boolean, name: string): ZarrStore {
  const known = new Map<string, Uint8Array>();
  const encode = (json: Json): Uint8Array => new TextEncoder().encode(JSON.stringify(json));
  // what no chunk holds is empty glass in a colour picture, and the file's own value elsewhere
  for (const { key, json } of arrays) known.set(key, encode(withFill(json, isRgb ? 255 : null, name)));
  return zarrStore(files, known);
}

async function openLevels(
  picture: OmeZarr,
  arrays: readonly StoredArray[],
  store: ZarrStore,
  name: string,
): Promise<readonly ZarrLevel[]> {
  const { axes } = picture;
  const at = (sizes: readonly number[], axis: AxisName): number => sizes[axes.indexOf(axis)] ?? 1;
  const levels: ZarrLevel[] = [];
  for (const { path, facts } of arrays) {
    const array = await openArray(store, path, picture.zarr, name);
    const [width, height] = [at(facts.shape, "x"), at(facts.shape, "y")];
    const base = levels[0];
    const above = levels.at(-1);
    if (base && above) {
      const isSame =
        facts.bits === base.facts.bits &&
        at(facts.shape, "c") === at(base.facts.shape, "c") &&
        at(facts.shape, "t") === at(base.facts.shape, "t");
      if (!isSame) hostile(name, "levels of one picture");
      if (width > above.width || height > above.height) hostile(name, "levels from the finest to the coarsest");
    }
    levels.push({
      index: levels.length,
      ...{ width, height, blockWidth: at(facts.chunk, "x"), blockHeight: at(facts.chunk, "y") },
      downsample: base ? (base.width / width + base.height / height) / 2 : 1,
      ...{ array, facts, axes },
    });
  }
  return levels;
}

async function openArray(
  store: ZarrStore,
  path: string,
  zarr: 2 | 3,
  name: string,
): Promise<ZarrArray<"uint8" | "uint16">> {
  const location = root(store).resolve(path);
  try {
    const array = await (zarr === 3
      ? open.v3(location, { kind: "array" })
      : open.v2(location, { kind: "array", attrs: false }));
    if (array.is("uint8") || array.is("uint16")) return array as ZarrArray<"uint8" | "uint16">;
  } catch {
    // zarrita's own words name keys of JSON; the place is what helps
  }
  return hostile(name, `metadata of ${path} that Zarr ${zarr} allows`);
}
