/**
 * A large slide for timing: tiled JPEG (4:2:0, quality 80, 240 px) in an Aperio-style TIFF of one level.
 * 64 different encoded tiles of a made-up tissue texture are repeated in changing order; the decoder cannot know.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import sharp from "sharp";

export const BLOCK = 240;
const KINDS = 64;

/**
 * Writes `columns` x `columns` tiles to `path`; resolves to the side of the slide in pixels. `isShared`: each of the 64 tiles
 * lies in the file once, so that a slide of any size is a small file with a long table.
 */
export async function writeBenchSlide(path, columns, isShared = false) {
  const tiles = [];
  for (let i = 0; i < KINDS; i++) tiles.push(await encodeTile(i));
  const fd = openSync(path, "w");
  const n = columns * columns;
  const offsets = new Uint32Array(n);
  const lengths = new Uint32Array(n);
  const places = new Map();
  let at = 8;
  for (let i = 0; i < n; i++) {
    const tile = tiles[Math.imul(i + (i >> 6), 2654435761) >>> 26];
    lengths[i] = tile.length;
    if (isShared && places.has(tile)) {
      offsets[i] = places.get(tile);
      continue;
    }
    places.set(tile, at);
    writeSync(fd, tile, 0, tile.length, at);
    offsets[i] = at;
    at += tile.length + (tile.length & 1);
  }
  const side = columns * BLOCK;
  const description = Buffer.from(
    `Aperio Image Library v0\r\n${side}x${side} (240x240) JPEG/YCC Q=80|AppMag = 20|MPP = 0.5\0`,
  );
  const tables = { offsets: at, lengths: at + n * 4, description: at + n * 8, bits: at + n * 8 + description.length };
  writeSync(fd, Buffer.from(offsets.buffer), 0, n * 4, tables.offsets);
  writeSync(fd, Buffer.from(lengths.buffer), 0, n * 4, tables.lengths);
  writeSync(fd, description, 0, description.length, tables.description);
  writeSync(fd, Buffer.from(new Uint16Array([8, 8, 8]).buffer), 0, 6, tables.bits);
  const entries = [
    [254, 4, 1, 0],
    [256, 4, 1, side],
    [257, 4, 1, side],
    [258, 3, 3, tables.bits],
    [259, 3, 1, 7],
    [262, 3, 1, 6],
    [270, 2, description.length, tables.description],
    [277, 3, 1, 3],
    [284, 3, 1, 1],
    [322, 4, 1, BLOCK],
    [323, 4, 1, BLOCK],
    [324, 4, n, tables.offsets],
    [325, 4, n, tables.lengths],
    [530, 3, 2, 2 | (2 << 16)],
  ];
  const start = tables.bits + 6 + ((tables.bits + 6) & 1);
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length, 0);
  entries.forEach(([tag, type, count, value], i) => {
    directory.writeUInt16LE(tag, 2 + i * 12);
    directory.writeUInt16LE(type, 4 + i * 12);
    directory.writeUInt32LE(count, 6 + i * 12);
    directory.writeUInt32LE(value >>> 0, 10 + i * 12);
  });
  writeSync(fd, directory, 0, directory.length, start);
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(start, 4);
  writeSync(fd, header, 0, 8, 0);
  closeSync(fd);
  return { side, bytesPerTile: Math.round(tiles.reduce((sum, tile) => sum + tile.length, 0) / KINDS) };
}

/** Pink fibres, dark blue nuclei and grain: about as hard to compress as stained tissue. */
function encodeTile(seed) {
  let state = seed * 7919 + 12345;
  const chance = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const nuclei = Array.from({ length: 40 }, () => [
    chance() * BLOCK,
    chance() * BLOCK,
    4 + chance() * 5,
    0.5 + chance(),
  ]);
  const [a, b, c] = [chance() * 6, 0.05 + chance() * 0.1, 0.02 + chance() * 0.2];
  const data = new Uint8Array(BLOCK * BLOCK * 3);
  for (let y = 0; y < BLOCK; y++) {
    for (let x = 0; x < BLOCK; x++) {
      const fibre = Math.sin(a + x * b + y * c + 2 * Math.sin(x * 0.03)) * 18;
      let dark = 0;
      for (const [u, v, r, stretch] of nuclei) {
        const d = ((x - u) ** 2 * stretch + (y - v) ** 2) / (r * r);
        if (d < 1) dark = Math.max(dark, 1 - d * d);
      }
      const grain = (chance() - 0.5) * 22;
      const at = (y * BLOCK + x) * 3;
      data[at] = 205 + fibre - 110 * dark + grain;
      data[at + 1] = 140 + fibre - 75 * dark + grain;
      data[at + 2] = 185 + fibre * 0.7 - 45 * dark + grain;
    }
  }
  const raw = { width: BLOCK, height: BLOCK, channels: 3 };
  return sharp(data, { raw }).jpeg({ quality: 80, chromaSubsampling: "4:2:0" }).toBuffer();
}
