import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { resampleBand, resamplePlainly, triangleWeights } from "../../src/slide/resample.ts";

const hasAssembler = spawnSync("wat2wasm", ["--version"]).error === undefined;
if (!hasAssembler) console.log("skipped: wat2wasm (Debian: wabt) is not installed");

describe("the resampling kernel", () => {
  const chance = randomStream(4, "resample");
  for (const [sourceWidth, sourceHeight, ratio] of [
    [256, 256, 256 / 224],
    [97, 61, 3.7],
    [33, 40, 0.6],
    [5, 3, 1.4],
    [1200, 300, 41],
    [2, 2, 2],
  ] as const) {
    it(`gives what the plain loops give, to one level on the other side of a half: ${sourceWidth} x ${sourceHeight} by ${ratio.toFixed(2)}`, () => {
      const data = Uint8Array.from({ length: sourceWidth * sourceHeight * 3 }, () => chance.below(256));
      const width = Math.max(1, Math.floor(sourceWidth / ratio));
      const height = Math.max(1, Math.floor(sourceHeight / ratio));
      const across = triangleWeights({ start: 0.3, ratio, n: width, sourceN: sourceWidth });
      const along = triangleWeights({ start: 0, ratio, n: height, sourceN: sourceHeight });
      const [fast, plain] = [new Uint8Array(width * height * 3), new Uint8Array(width * height * 3)];
      const band = { data, width: sourceWidth, firstRow: 0 };
      resampleBand(band, along, across, { from: 0, to: height }, fast);
      resamplePlainly(band, along, across, { from: 0, to: height }, plain);
      const apart = fast.map((value, i) => Math.abs(value - (plain[i] as number)));
      expect(apart.reduce((most, value) => Math.max(most, value), 0)).toBeLessThanOrEqual(1);
      expect(apart.filter((value) => value > 0).length).toBeLessThanOrEqual(apart.length / 30);
    });
  }

  it("gives the same bytes in bands as in one go", () => {
    const [w, h, ratio] = [301, 900, 1.31];
    const data = Uint8Array.from({ length: w * h * 3 }, () => chance.below(256));
    const [width, height] = [Math.floor(w / ratio), Math.floor(h / ratio)];
    const across = triangleWeights({ start: 0, ratio, n: width, sourceN: w });
    const along = triangleWeights({ start: 0, ratio, n: height, sourceN: h });
    const [whole, parts] = [new Uint8Array(width * height * 3), new Uint8Array(width * height * 3)];
    resampleBand({ data, width: w, firstRow: 0 }, along, across, { from: 0, to: height }, whole);
    for (let from = 0; from < height; from += 77) {
      const to = Math.min(height, from + 77);
      const firstRow = along.first[from] as number;
      resampleBand({ data: data.subarray(firstRow * w * 3), width: w, firstRow }, along, across, { from, to }, parts);
    }
    expect(Buffer.from(parts).equals(whole)).toBe(true);
  });

  it.skipIf(!hasAssembler)("is the text of tools/kernels/resample.wat, assembled", () => {
    const tool = fileURLToPath(new URL("../../../../tools/build-kernels.mjs", import.meta.url));
    expect(spawnSync(process.execPath, [tool, "--check"]).status).toBe(0);
  });
});
