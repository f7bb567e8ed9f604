import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { openSlideFile } from "../../src/node.ts";
import { createBlockStore, createLevelBlocks } from "../../src/synthetic/block-store.ts";
import { pageTags } from "../../src/synthetic/describe.ts";
import { splitJpeg } from "../../src/synthetic/jpeg-tables.ts";
import type { SyntheticSlideSpec } from "../../src/synthetic/spec.ts";
import { openJpegEncoder } from "../../src/write/jpeg-encoder.ts";
import { TiffWriter } from "../../src/write/tiff-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-tiff-writer-"));
afterAll(() => rmSync(folder, { recursive: true }));

const codecBefore = process.env.NACRE_CODEC;
afterEach(() => {
  if (codecBefore === undefined) delete process.env.NACRE_CODEC;
  else process.env.NACRE_CODEC = codecBefore;
});

/** A soft gradient, which JPEG keeps well. */
const gradient = Uint8Array.from({ length: 256 * 256 * 3 }, (_, i) => {
  const pixel = Math.floor(i / 3);
  return [40 + (pixel & 127), 60 + ((pixel >> 8) >> 1), 200][i % 3] as number;
});
const glass = new Uint8Array(gradient.length).fill(240);

/** Two blocks side by side: the gradient and bare glass. */
async function writePair(name: string, bigAbove: number, isShared: boolean): Promise<string> {
  const path = join(folder, name);
  const spec: SyntheticSlideSpec = { seed: 1, width: 512, height: 256, format: "tiff" };
  const encoder = await openJpegEncoder(92);
  const writer = new TiffWriter(path, bigAbove);
  const store = await createBlockStore(writer, encoder, glass, isShared);
  const level = createLevelBlocks(store, 512, 256);
  await level.put(0, 0, gradient);
  await level.put(1, 0, null);
  writer.finish([pageTags(spec, { ...level, block: 256, tables: store.tables, kind: "full" })]);
  writer.close();
  encoder.close();
  return path;
}

async function readPair(path: string): Promise<Uint8Array> {
  const slide = await openSlideFile(path);
  if (!slide.ok) throw new Error(slide.failure.received);
  const read = await slide.value.read({ level: 0, x: 0, y: 0, width: 512, height: 256 });
  if (!read.ok) throw new Error(read.failure.received);
  slide.value.close();
  return read.value.data;
}

function worstLeft(data: Uint8Array): number {
  let worst = 0;
  for (let y = 0; y < 256; y++) {
    for (let i = 0; i < 256 * 3; i++) {
      worst = Math.max(worst, Math.abs((data[y * 512 * 3 + i] as number) - (gradient[y * 256 * 3 + i] as number)));
    }
  }
  return worst;
}

describe("TiffWriter", () => {
  it("classic and BigTIFF, shared and repeated tables: four files, one picture", async () => {
    const reference = await readPair(await writePair("classic.tiff", 1e9, false));
    // The gradient jumps at every 128th pixel, where halved chroma smears.
    expect(worstLeft(reference)).toBeLessThan(60);
    expect(reference[256 * 3 + 30]).toBe(240);
    for (const [bigAbove, isShared] of [
      [1e9, true],
      [0, false],
      [0, true],
    ] as const) {
      const path = await writePair("other.tiff", bigAbove, isShared);
      expect(readFileSync(path).readUInt16LE(2)).toBe(bigAbove === 0 ? 43 : 42);
      expect(Buffer.compare(await readPair(path), reference)).toBe(0);
    }
  });

  it("sharp stands in where the native encoder is absent, with tables that can be shared", async () => {
    process.env.NACRE_CODEC = "wasm";
    const encoder = await openJpegEncoder(92);
    expect(encoder.name).toBe("sharp");
    const split = [
      splitJpeg(await encoder.encode(gradient, 256, 256)),
      splitJpeg(await encoder.encode(glass, 256, 256)),
    ];
    expect(split[0]?.tables).toEqual(split[1]?.tables);
    expect(worstLeft(await readPair(await writePair("sharp.tiff", 1e9, true)))).toBeLessThan(60);
  });
});

describe("splitJpeg", () => {
  it("keeps every byte but the application markers, once", async () => {
    const encoder = await openJpegEncoder(80);
    const stream = encoder.encode(gradient, 256, 256) as Uint8Array;
    const { tables, block } = splitJpeg(stream);
    const jfif = 18;
    expect(tables.length - 4 + block.length + jfif).toBe(stream.length);
    encoder.close();
  });

  it("refuses what is not a JPEG stream", () => {
    expect(() => splitJpeg(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))).toThrow(RangeError);
  });
});
