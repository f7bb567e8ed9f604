/** The real ONNX encoders of the shared data. Skipped where that folder is absent. */
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import type { Raster } from "@nacre/imaging";
import { openSlideFile } from "@nacre/imaging/node";
import { describe, expect, it } from "vitest";
import { openEncoder } from "../../src/encoder/open-encoder.ts";
import { hasShared, inFolder, SHARED } from "../shared.ts";

const MOBILENET = {
  name: "mobilenet_v2_1.0",
  file: "model.onnx",
  output: "features",
  dim: 1280,
  size: 224,
  mpp: null,
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
  channels: "rgb",
  licence: "Apache-2.0",
  source: "google-coral/test_data",
  sha256: "c4b5eaf9f226a9f95a54dcd2eb453852c6fe7551c2fe5d41811b99eebe585519",
};

const SHUFFLENET = {
  ...MOBILENET,
  name: "shufflenet_msi",
  dim: 544,
  // The network wants 0 to 255 and standardises by itself.
  mean: [0, 0, 0],
  std: [1 / 255, 1 / 255, 1 / 255],
  licence: "MIT",
  source: "jnkather/DeepHistology",
  sha256: "a66c26b1b541c2dadc8750b9f8278c44a8d419b62fc0b9916d577d1981ccdaf1",
};

const mobilenetFile = "encoders/mobilenet_v2_1.0/mobilenet_v2_1.0_224.onnx";
const shufflenetFile = "encoders/shufflenet_msi/shufflenet_msi_224.onnx";

async function featuresOf(card: object, file: string, tiles: readonly Raster[]): Promise<Float32Array> {
  return inFolder(async (folder) => {
    symlinkSync(join(SHARED, file), join(folder, "model.onnx"));
    writeFileSync(join(folder, "encoder.json"), JSON.stringify(card));
    const encoder = unwrap(await openEncoder(folder));
    const features = await encoder.encode(tiles);
    await encoder.close();
    return features;
  });
}

describe.skipIf(!hasShared(mobilenetFile))("MobileNetV2 (shared data)", () => {
  it("sees a cat, a chickadee and a dragonfly in the three photos", async () => {
    const labels = readFileSync(join(SHARED, "encoders/mobilenet_v2_1.0/imagenet_labels.txt"), "utf8").split("\n");
    const photos = ["cat", "bird", "dragonfly"].map((name) =>
      resize(readBmp(join(SHARED, `encoders/mobilenet_v2_1.0/${name}.bmp`)), 224),
    );
    const logits = await featuresOf({ ...MOBILENET, output: "logits", dim: 1001 }, mobilenetFile, photos);
    const best = [0, 1, 2].map((i) => {
      const row = logits.subarray(i * 1001, (i + 1) * 1001);
      return labels[row.indexOf(Math.max(...row))];
    });
    expect(best[0]).toMatch(/Egyptian cat/);
    expect(best[1]).toMatch(/chickadee/);
    expect(best[2]).toMatch(/dragonfly/);
  });

  it("gives 1280 features a tile", async () => {
    const features = await featuresOf(MOBILENET, mobilenetFile, [realTile(224)]);
    expect(features.length).toBe(1280);
    expect(features.every(Number.isFinite)).toBe(true);
  });
});

describe.skipIf(!hasShared(shufflenetFile))("ShuffleNet trained on histology (shared data)", () => {
  it("gives 544 features a tile, and calls real tumour tiles no blank", async () => {
    const file = (name: string) => join(SHARED, "histology/slide_features", name);
    const slide = unwrap(await openSlideFile(file("Tile_(16896,20480).jpg"), { mpp: 0.5 }));
    const tile = unwrap(await slide.read({ x: 100, y: 100, width: 224, height: 224, level: 0 }));
    slide.close();
    const white = { width: 224, height: 224, data: new Uint8Array(224 * 224 * 3).fill(240) };
    const features = await featuresOf(SHUFFLENET, shufflenetFile, [tile, white]);
    expect(features.length).toBe(2 * 544);
    const probabilities = await featuresOf({ ...SHUFFLENET, output: "prob", dim: 3 }, shufflenetFile, [tile, white]);
    const [, tissueIsNoTumour, , , whiteIsNoTumour] = probabilities;
    expect(probabilities.subarray(0, 3).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(tissueIsNoTumour as number).toBeLessThan(whiteIsNoTumour as number);
  });
});

function realTile(size: number): Raster {
  return { width: size, height: size, data: Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * 7) % 251) };
}

/** A bitmap of 24 bits, rows from the bottom, blue first. */
function readBmp(path: string): Raster {
  const file = readFileSync(path);
  const start = file.readUInt32LE(10);
  const width = file.readInt32LE(18);
  const height = file.readInt32LE(22);
  const stride = (width * 3 + 3) & ~3;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        data[(y * width + x) * 3 + c] = file[start + (height - 1 - y) * stride + x * 3 + 2 - c] as number;
      }
    }
  }
  return { width, height, data };
}

/** Bilinear, good enough for a photo that is twice as large. */
function resize(from: Raster, size: number): Raster {
  const data = new Uint8Array(size * size * 3);
  const at = (x: number, y: number, c: number) =>
    from.data[(Math.min(y, from.height - 1) * from.width + Math.min(x, from.width - 1)) * 3 + c] as number;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const u = Math.max(0, ((x + 0.5) * from.width) / size - 0.5);
      const v = Math.max(0, ((y + 0.5) * from.height) / size - 0.5);
      const [i, j] = [Math.floor(u), Math.floor(v)];
      for (let c = 0; c < 3; c++) {
        const top = at(i, j, c) * (1 - u + i) + at(i + 1, j, c) * (u - i);
        const bottom = at(i, j + 1, c) * (1 - u + i) + at(i + 1, j + 1, c) * (u - i);
        data[(y * size + x) * 3 + c] = Math.round(top * (1 - v + j) + bottom * (v - j));
      }
    }
  }
  return { width: size, height: size, data };
}
