/**
 * Tiles as a network takes them: 256 px read, made 224 px, normalised, planes of float32. Ours is the product's own path
 * (readDownsampled, then the table of the ONNX encoder); the rival's is OpenSlide, Pillow's bilinear resize, numpy. Beside it the
 * same without the resize on our side, for slides whose level is what the network wants.
 */
import { unwrap } from "@nacre/core";
import { readDownsampled } from "@nacre/imaging";
import { openSlideFile } from "@nacre/imaging/node";
import { normalisationTables, writePlanes } from "../packages/features/dist/encoder/pixels.js";
import { compare } from "./slide-rival.mjs";

const SIZE = 256;
const TARGET = 224;
const CARD = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

export async function benchPlanes(path, rival, side, rounds) {
  const slide = unwrap(await openSlideFile(path));
  const tables = normalisationTables(CARD);
  const out = new Float32Array(3 * SIZE * SIZE);
  const across = Math.floor((side - 1) / SIZE);
  const places = (round) =>
    Array.from({ length: across }, (_, i) => [
      1 + (i % across) * SIZE,
      ((round * 5 + Math.floor(i / across)) % across) * SIZE,
    ]);
  const timed = (read) => async (now) => {
    const start = process.hrtime.bigint();
    for (const [x, y] of now) writePlanes((await read(x, y)).data, tables, out, 0);
    return Number(process.hrtime.bigint() - start) / 1e9;
  };
  const resized = timed(async (x, y) =>
    unwrap(await readDownsampled(slide, SIZE / TARGET, { x, y, width: TARGET, height: TARGET })),
  );
  const native = timed(async (x, y) => unwrap(await slide.read({ level: 0, x, y, width: SIZE, height: SIZE })));
  const theirs = rival && ((now) => rival.readAll(SIZE, now, { target: TARGET }));
  const result = {
    resized: await compare({ places, rounds, ours: resized, theirs }),
    native: await compare({ places, rounds, ours: native, theirs }),
  };
  slide.close();
  return result;
}
