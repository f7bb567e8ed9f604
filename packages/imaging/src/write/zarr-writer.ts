/**
 * OME-Zarr 0.5 (Zarr 3): one array a level, axes c, y, x, a chunk a tile of all three colours, Zstandard. Lossless.
 * Chunks at the rim are stored whole, as Zarr wants.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SYNTHETIC_TITLE } from "../synthetic/is-synthetic.ts";
import type { LevelSpec } from "./level-plan.ts";
import type { SlideWriter, WriterOptions } from "./slide-writer.ts";

/** Faster by half than 3, and larger by a few percent. */
const LEVEL = 1;

export async function openZarrWriter(options: WriterOptions): Promise<SlideWriter> {
  const { path, tile, levels, facts } = options;
  const { default: Zstd } = await import("numcodecs/zstd");
  const zstd = new Zstd(LEVEL);
  const planes = new Uint8Array(tile * tile * 3);
  let bytes = 0;
  const put = (at: string, content: string | Uint8Array): void => {
    writeFileSync(at, content);
    bytes += content.length;
  };
  return {
    takesStored: () => false,
    async begin(level) {
      const folder = join(path, String(level.index), "c", "0");
      for (let row = 0; row * tile < level.height; row++) mkdirSync(join(folder, String(row)), { recursive: true });
      put(join(path, String(level.index), "zarr.json"), arrayMetadata(level, tile));
      return {
        putStored() {
          throw new TypeError("expected pixels, received a stored stream: OME-Zarr has no JPEG");
        },
        async putPixels(column, row, rgb) {
          split(rgb, planes);
          put(join(folder, String(row), String(column)), await zstd.encode(planes));
        },
      };
    },
    async finish() {
      put(join(path, "zarr.json"), groupMetadata(levels, facts.mpp, facts.isSynthetic));
      return bytes;
    },
    close() {},
  };
}

function split(rgb: Uint8Array, planes: Uint8Array): void {
  const n = planes.length / 3;
  for (let i = 0, at = 0; i < n; i++, at += 3) {
    planes[i] = rgb[at] as number;
    planes[n + i] = rgb[at + 1] as number;
    planes[2 * n + i] = rgb[at + 2] as number;
  }
}

function arrayMetadata({ width, height }: LevelSpec, tile: number): string {
  return JSON.stringify({
    zarr_format: 3,
    node_type: "array",
    shape: [3, height, width],
    data_type: "uint8",
    chunk_grid: { name: "regular", configuration: { chunk_shape: [3, tile, tile] } },
    chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
    fill_value: 255,
    codecs: [{ name: "bytes" }, { name: "zstd", configuration: { level: LEVEL, checksum: false } }],
    attributes: {},
    dimension_names: ["c", "y", "x"],
  });
}

function groupMetadata(levels: readonly LevelSpec[], mpp: number | null, isSynthetic: boolean): string {
  const base = levels[0] as LevelSpec;
  const unit = mpp === null ? {} : { unit: "micrometer" };
  const datasets = levels.map((level) => {
    const along = (whole: number, here: number): number => (mpp ?? 1) * (whole / here);
    const scale = [1, along(base.height, level.height), along(base.width, level.width)];
    return { path: String(level.index), coordinateTransformations: [{ type: "scale", scale }] };
  });
  const colours = ["FF0000", "00FF00", "0000FF"];
  const window = { min: 0, max: 255, start: 0, end: 255 };
  return JSON.stringify({
    zarr_format: 3,
    node_type: "group",
    attributes: {
      ome: {
        version: "0.5",
        multiscales: [
          {
            name: isSynthetic ? SYNTHETIC_TITLE : "slide",
            axes: [
              { name: "c", type: "channel" },
              { name: "y", type: "space", ...unit },
              { name: "x", type: "space", ...unit },
            ],
            datasets,
            type: "mean",
          },
        ],
        omero: {
          channels: ["red", "green", "blue"].map((label, i) => ({ label, color: colours[i], window, active: true })),
        },
      },
    },
  });
}
