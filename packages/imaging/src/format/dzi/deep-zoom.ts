/**
 * Deep Zoom: a small XML file and, beside it, a folder of JPEG or PNG tiles for every halving down to one pixel. Tiles overlap their
 * neighbours; only the part of each that is its own is shown.
 */
import { raise, unwrap } from "@nacre/core";
import type { ByteSource } from "../../bytes/byte-source.ts";
import { type Neighbours, staysInside } from "../../bytes/neighbours.ts";
import type { Codecs } from "../../codec/codec.ts";
import type { WholeBlock } from "../../slide/block-cache.ts";
import { brokenBlock } from "../../slide/broken-block.ts";
import { gridReader } from "../../slide/grid-reader.ts";
import { regionSlide } from "../../slide/region-slide.ts";
import type { Level, OpenOptions, Slide } from "../../slide/slide.ts";
import { inColour } from "../apply-icc.ts";
import { settleScale } from "../scale.ts";
import { hostile } from "../tiff-directory.ts";
import { attribute, child, numberAttribute, parseXml } from "../xml.ts";
import { type DecodeTile, openTileDecoder } from "./decode-tile.ts";

/** `name`: of the file. */
export const looksLikeDeepZoom = (name: string): boolean => /\.dzi$/i.test(name);

const MAX_XML_BYTES = 2 ** 20;
const MAX_SIDE = 2 ** 30;
const MAX_TILE_SIDE = 2 ** 13;
/** A tile is a picture of at most this many bytes, whatever its size in pixels. */
const MAX_TILE_BYTES = 2 ** 28;

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly tileSize: number;
  readonly overlap: number;
  /** Ending of the tiles' names, as written. */
  readonly format: string;
}

interface DziLevel extends Level {
  /** Name of its folder. */
  readonly folder: string;
}

/** @throws FailureError hostile-file, unsupported-format, missing-file, unsupported-codec, implausible-scale */
export async function openDeepZoom(
  source: ByteSource,
  codecs: Codecs,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<Slide> {
  const { name } = source;
  const layout = await readLayout(source, signal);
  const files = options.neighbours ?? noFiles(name);
  const folder = `${(name.split(/[\\/]/).at(-1) as string).replace(/\.dzi$/i, "")}_files`;
  if (!staysInside(folder)) hostile(name, "a name of a file");
  const decode = await openTileDecoder(layout.format, codecs, name);
  const { levels, warnings } = await findLevels(layout, folder, files, name);
  const scale = unwrap(settleScale(null, options, name));
  const reader = gridReader((level, place, abort) => {
    const file = `${levels[level.index]?.folder}/${place.column}_${place.row}.${layout.format}`;
    return readTile({ layout, level, place, file, name }, files, decode.decode, abort);
  });
  source.close();
  const info = {
    ...{ format: "deep-zoom", vendor: "generic", reader: decode.reader, width: layout.width, height: layout.height },
    ...scale,
    ...{ objective: null, icc: false, iccSought: false },
    levels: levels.map(({ folder: _, ...level }) => level),
    properties: {
      "deep-zoom.TileSize": String(layout.tileSize),
      "deep-zoom.Overlap": String(layout.overlap),
      "deep-zoom.Format": layout.format,
    },
    warnings: [...warnings, ...scale.warnings],
  };
  const slide = regionSlide({ info, readLevel: reader.readLevel, close: () => reader.clear() });
  return inColour(slide, { profile: null, codecs, name }, options);
}

async function readLayout(source: ByteSource, signal?: AbortSignal): Promise<Layout> {
  const { name } = source;
  if (source.size > MAX_XML_BYTES) hostile(name, `a description of at most ${MAX_XML_BYTES} bytes`);
  const text = new TextDecoder().decode(await source.read(0, source.size, signal));
  const image = child(parseXml(text, name), "Image");
  if (!image) hostile(name, "a Deep Zoom image");
  const size = child(image, "Size");
  const whole = (value: number | null, least: number, most: number, what: string): number =>
    value !== null && Number.isInteger(value) && value >= least && value <= most ? value : hostile(name, what);
  const tileSize = whole(numberAttribute(image, "TileSize"), 1, MAX_TILE_SIDE, `a TileSize from 1 to ${MAX_TILE_SIDE}`);
  return {
    width: whole(numberAttribute(size, "Width"), 1, MAX_SIDE, `a Width from 1 to ${MAX_SIDE}`),
    height: whole(numberAttribute(size, "Height"), 1, MAX_SIDE, `a Height from 1 to ${MAX_SIDE}`),
    tileSize,
    overlap: whole(numberAttribute(image, "Overlap"), 0, tileSize, "an Overlap from 0 to the TileSize"),
    format: attribute(image, "Format"),
  };
}

function noFiles(name: string): never {
  return raise("unsupported-format", {
    expected: "the folder of tiles beside the Deep Zoom file",
    received: `${name} alone`,
    remedy: "open it from its folder, or hand its files over as neighbours",
  });
}

/** Levels down to the one that fits into a tile; those whose folder is not there are left out, and named. */
async function findLevels(
  { width, height, tileSize, format }: Layout,
  folder: string,
  files: Neighbours,
  name: string,
): Promise<{ readonly levels: readonly DziLevel[]; readonly warnings: readonly string[] }> {
  const finest = Math.ceil(Math.log2(Math.max(width, height)));
  const levels: DziLevel[] = [];
  const warnings: string[] = [];
  for (let at = finest; at >= 0; at--) {
    const [w, h] = [width, height].map((side) => Math.ceil(side / 2 ** (finest - at))) as [number, number];
    const inner = `${folder}/${at}`;
    if (await isThere(inner, format, files)) {
      const downsample = (width / w + height / h) / 2;
      levels.push({
        index: levels.length,
        width: w,
        height: h,
        downsample,
        blockWidth: tileSize,
        blockHeight: tileSize,
        folder: inner,
      });
    } else if (at === finest) {
      raise("missing-file", {
        expected: `tiles in ${inner} beside ${name}`,
        received: "none",
        remedy: "copy the folder of tiles to where the .dzi file lies",
      });
    } else {
      warnings.push(`level ${at} of the pyramid is not there`);
    }
    if (Math.max(w, h) <= tileSize) break;
  }
  return { levels, warnings };
}

/** The first tile, or any: what shows empty glass may be left out. */
async function isThere(folder: string, format: string, files: Neighbours): Promise<boolean> {
  const first = await files.open(`${folder}/0_0.${format}`);
  first?.close();
  if (first) return true;
  const names = await files.list(folder).catch(() => []);
  return names.some((file) => file.endsWith(`.${format}`));
}

interface Tile {
  readonly layout: Layout;
  readonly level: Level;
  readonly place: { readonly column: number; readonly row: number };
  readonly file: string;
  readonly name: string;
}

async function readTile(
  tile: Tile,
  files: Neighbours,
  decode: DecodeTile,
  signal?: AbortSignal,
): Promise<WholeBlock | null> {
  const { layout, level, place, file, name } = tile;
  const stored = await readStored(files, file, signal);
  if (!stored) return null;
  const across = spanOf(place.column, level.width, layout);
  const down = spanOf(place.row, level.height, layout);
  try {
    const { data } = await decode(stored, across.stored, down.stored);
    return cutOut(data, across, down);
  } catch (error) {
    return brokenBlock(name, level, place, error);
  }
}

async function readStored(files: Neighbours, file: string, signal?: AbortSignal): Promise<Uint8Array | null> {
  const source = await files.open(file);
  if (!source) return null;
  try {
    if (source.size > MAX_TILE_BYTES) hostile(source.name, `a tile of at most ${MAX_TILE_BYTES} bytes`);
    return await source.read(0, source.size, signal);
  } finally {
    source.close();
  }
}

interface Span {
  /** Pixels of the stored picture. */
  readonly stored: number;
  /** Where its own part begins in it, and how long that is. */
  readonly skip: number;
  readonly own: number;
}

/** One direction of a tile: its own pixels, and `overlap` more on every side where there is a neighbour. */
function spanOf(index: number, length: number, { tileSize, overlap }: Layout): Span {
  const start = index * tileSize;
  const own = Math.min(tileSize, length - start);
  const skip = index === 0 ? 0 : overlap;
  const behind = Math.min(overlap, length - start - own);
  return { stored: skip + own + behind, skip, own };
}

function cutOut(data: Uint8Array, across: Span, down: Span): WholeBlock {
  const [width, height] = [across.own, down.own];
  if (across.stored === width && down.stored === height) return { width, height, data };
  const out = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((row + down.skip) * across.stored + across.skip) * 3;
    out.set(data.subarray(from, from + width * 3), row * width * 3);
  }
  return { width, height, data: out };
}
