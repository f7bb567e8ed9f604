/**
 * DeepZoom: a description and a folder of JPEG files, level 0 being one pixel. Tiles do not overlap, so that blocks of
 * the source can stand as they are; those at the rim are cut to size and encoded.
 */
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tilesFolder } from "./aside.ts";
import type { LevelSpec } from "./level-plan.ts";
import { type SlideWriter, samplingFor, type WriterOptions } from "./slide-writer.ts";
import { openTileEncoder } from "./tile-encoder.ts";

export async function openDeepZoomWriter(options: WriterOptions): Promise<SlideWriter> {
  const { path, tile, quality, facts, levels } = options;
  const folder = tilesFolder(path);
  const encoder = openTileEncoder(quality);
  let bytes = 0;
  const isWhole = ({ width, height }: LevelSpec, column: number, row: number): boolean =>
    (column + 1) * tile <= width && (row + 1) * tile <= height;
  const put = (level: string, column: number, row: number, stream: Uint8Array): void => {
    writeFileSync(join(level, `${column}_${row}.jpeg`), stream);
    bytes += stream.length;
  };
  return {
    takesStored: isWhole,
    async begin(level) {
      const own = join(folder, String(levels.length - 1 - level.index));
      mkdirSync(own, { recursive: true });
      return {
        putStored: (column, row, stream) => put(own, column, row, stream),
        async putPixels(column, row, rgb) {
          const width = Math.min(tile, level.width - column * tile);
          const height = Math.min(tile, level.height - row * tile);
          const part = width === tile && height === tile ? rgb : cutTo(rgb, tile, width, height);
          put(own, column, row, await encoder.encode(part, width, height, samplingFor(quality)));
        },
      };
    },
    async finish() {
      const size = `<Size Width="${facts.width}" Height="${facts.height}"/>`;
      const name = 'xmlns="http://schemas.microsoft.com/deepzoom/2008"';
      const image = `<Image ${name} Format="jpeg" Overlap="0" TileSize="${tile}">${size}</Image>`;
      writeFileSync(path, `<?xml version="1.0" encoding="UTF-8"?>\n${image}\n`);
      return bytes + statSync(path).size;
    },
    close: () => encoder.close(),
  };
}

function cutTo(rgb: Uint8Array, tile: number, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    out.set(rgb.subarray(y * tile * 3, (y * tile + width) * 3), y * width * 3);
  }
  return out;
}
