import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { normalisationTables, planeRoom } from "../../src/encoder/pixels.ts";

const CARD = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const hasAssembler = spawnSync("wat2wasm", ["--version"]).error === undefined;
if (!hasAssembler) console.log("skipped: wat2wasm (Debian: wabt) is not installed");

describe("the planes of a tile", () => {
  it("hold (pixel / 255 - mean) / std of every value a channel can take, rounded once to float32", () => {
    const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => (i % 3 === 1 ? 255 - Math.floor(i / 3) : i / 3));
    const room = planeRoom(CARD, 16, 1);
    room.write(pixels, 0);
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < 256; i++) {
        const value = ((pixels[3 * i + c] as number) / 255 - (CARD.mean[c] as number)) / (CARD.std[c] as number);
        expect(room.input[c * 256 + i]).toBe(Math.fround(value));
      }
    }
  });

  it.each([1, 5, 224])("of %i px lie at the place of the tile and touch no other", (size) => {
    const tables = normalisationTables(CARD);
    const room = planeRoom(CARD, size, 3);
    room.input.fill(-7);
    const pixels = Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * 7919) & 255);
    room.write(pixels, 1);
    const n = size * size;
    const expected = new Float32Array(9 * n).fill(-7);
    for (let i = 0; i < 3 * n; i++)
      expected[3 * n + (i % 3) * n + Math.floor(i / 3)] = (tables[i % 3] as Float32Array)[
        pixels[i] as number
      ] as number;
    expect(Buffer.from(room.input.slice().buffer).equals(Buffer.from(expected.buffer))).toBe(true);
  });

  it("are refused for a tile of another size and for a place that the room has not", () => {
    const room = planeRoom(CARD, 4, 2);
    expect(() => room.write(new Uint8Array(47), 0)).toThrow(RangeError);
    expect(() => room.write(new Uint8Array(48), 2)).toThrow(/one of 2 tiles/);
  });

  it.skipIf(!hasAssembler)("are made by the text of tools/kernels/planes.wat, assembled", () => {
    const tool = fileURLToPath(new URL("../../../../tools/build-kernels.mjs", import.meta.url));
    expect(spawnSync(process.execPath, [tool, "--check"]).status).toBe(0);
  });
});
