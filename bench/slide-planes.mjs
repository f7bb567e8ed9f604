/**
 * Tiles as a network takes them: made 224 px, normalised, planes of float32. Ours is the product's own path (readDownsampled,
 * then the planes of the ONNX encoder); the rival's is OpenSlide, Pillow's bilinear resize, numpy. `sweep`: 256 px tiles row
 * after row, four rows a round, the way a slide is encoded. `row`: one row of such tiles a round, so that half of what is decoded of
 * its blocks is thrown away. `block`: each block of the file as one tile. `native`: `row` without the resize on our side, for
 * slides whose level is what the network wants.
 */
import { unwrap } from "@nacre/core";
import { readDownsampled } from "@nacre/imaging";
import { openSlideFile } from "@nacre/imaging/node";
import { planeRoom } from "../packages/features/dist/encoder/pixels.js";
import { BLOCK } from "./slide-file.mjs";
import { compare } from "./slide-rival.mjs";

const SIZE = 256;
const TARGET = 224;
const CARD = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

export async function benchPlanes(path, rival, side, rounds) {
  const across = Math.floor((side - 1) / SIZE);
  const blocks = side / BLOCK;
  const rows = (n, step, size, columns, left) => (round) =>
    Array.from({ length: n * columns }, (_, i) => [
      left + (i % columns) * size,
      ((round * step + Math.floor(i / columns)) % columns) * size,
    ]);
  const jobs = {
    sweep: { size: SIZE, places: rows(4, 9, SIZE, across, 1) },
    row: { size: SIZE, places: rows(1, 5, SIZE, across, 1) },
    block: { size: BLOCK, places: rows(3, 7, BLOCK, blocks, 0) },
    native: { size: SIZE, places: rows(1, 5, SIZE, across, 1), isNative: true },
  };
  const results = {};
  for (const [name, job] of Object.entries(jobs)) results[name] = await planes(path, rival, job, rounds);
  return results;
}

async function planes(path, rival, { size, places, isNative = false }, rounds) {
  const slide = unwrap(await openSlideFile(path));
  const room = planeRoom(CARD, isNative ? size : TARGET, 1);
  const side = isNative ? size : TARGET;
  // as the encoder of a slide does
  const into = new Uint8Array(side * side * 3);
  const read = isNative
    ? (x, y) => slide.read({ level: 0, x, y, width: side, height: side, into })
    : (x, y) => readDownsampled(slide, size / TARGET, { x, y, width: side, height: side, into });
  const ours = async (now) => {
    const start = process.hrtime.bigint();
    for (const [x, y] of now) room.write(unwrap(await read(x, y)).data, 0);
    return Number(process.hrtime.bigint() - start) / 1e9;
  };
  const theirs = rival && ((now) => rival.readAll(size, now, { target: TARGET }));
  const result = await compare({ places, rounds, ours, theirs });
  slide.close();
  return result;
}
