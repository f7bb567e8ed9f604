import { randomStream, unwrap } from "@nacre/core";
import type { TensorData } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { drawLook, WHOLE, writePlanes } from "../../src/distil/pixel-batch.ts";
import { distil } from "../../src/index.ts";

const SIZE = 32;
const N = 48;

/** Tiles of one colour with noise; a teacher that says the colour, another that says how bright it is. */
function planted() {
  const random = randomStream(9, "tiles");
  const tiles: Uint8Array[] = [];
  const [colours, bright] = [new Float32Array(N * 3), new Float32Array(N * 2)];
  for (let i = 0; i < N; i++) {
    const colour = [0, 1, 2].map(() => 40 + 160 * random.uniform());
    tiles.push(
      Uint8Array.from({ length: 3 * SIZE * SIZE }, (_, at) => (colour[at % 3] as number) + 20 * random.normal()),
    );
    colours.set(colour, 3 * i);
    const sum = colour.reduce((a, b) => a + b);
    bright.set([sum, -sum], 2 * i);
  }
  const load = (i: number): Uint8Array => tiles[i] as Uint8Array;
  return {
    tiles: { n: N, size: SIZE, load },
    teachers: [
      { name: "colour", features: colours, d: 3 },
      { name: "bright", features: bright, d: 2, weight: 0.5 },
    ],
    openSession,
    options: { width: 4, dim: 8, epochs: 30, batch: 12, lr: 1e-2, crop: 1, tuneShare: 0.25 },
  };
}

describe("distillation", () => {
  it("makes a student that says of unseen tiles what the teachers say, and takes any number of tiles", async () => {
    const made = unwrap(await distil(planted()));
    expect(made.losses.at(-1)).toBeLessThan(0.5 * (made.losses[0] as number));
    for (const { teacher, cosine } of made.agreement) expect(cosine, teacher).toBeGreaterThan(0.8);
    const session = await openSession(made.onnx);
    expect([session.inputs, session.outputs]).toEqual([["pixels"], ["features"]]);
    const rows: Float32Array[] = [];
    for (const n of [1, 3]) {
      const data = new Float32Array(n * 3 * SIZE * SIZE);
      for (let i = 0; i < n; i++) writePlanes(planted().tiles.load(i), SIZE, SIZE, WHOLE, data, i * 3 * SIZE * SIZE);
      const features = (await session.run({ pixels: { data, dims: [n, 3, SIZE, SIZE] } })).features as TensorData;
      expect(features.dims).toEqual([n, made.dim]);
      rows.push((features.data as Float32Array).slice(0, made.dim));
    }
    const [alone, among] = rows as [Float32Array, Float32Array];
    for (const [j, value] of alone.entries()) expect(value).toBeCloseTo(among[j] as number, 4);
    await session.close();
  });

  it("refuses tiles of an odd side, too few of them, no teacher, and a teacher that is not finite", async () => {
    const good = planted();
    const kindOf = async (more: object) => {
      const outcome = await distil({ ...good, ...more });
      return outcome.ok ? "" : outcome.failure.kind;
    };
    expect(await kindOf({ tiles: { ...good.tiles, size: 30 } })).toBe("bad-study");
    expect(await kindOf({ tiles: { ...good.tiles, n: 2 } })).toBe("too-few");
    expect(await kindOf({ teachers: [] })).toBe("bad-study");
    expect(await kindOf({ options: { widht: 4 } })).toBe("bad-study");
    const broken = new Float32Array(N).fill(Number.NaN);
    expect(await kindOf({ teachers: [{ name: "x", features: broken, d: 1 }] })).toBe("not-finite");
  });
});

describe("a look at a tile", () => {
  it("lies inside the tile, and the eight ways are all drawn", () => {
    const random = randomStream(1);
    const ways = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const { left, top, ...way } = drawLook(40, 32, random);
      expect(left >= 0 && left <= 8 && top >= 0 && top <= 8).toBe(true);
      ways.add(JSON.stringify(way));
    }
    expect(ways.size).toBe(8);
  });

  it("writes planes of red, green and blue, and turns them", () => {
    const rgb = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0]);
    const planes = (look: Partial<typeof WHOLE>): number[] => {
      const into = new Float32Array(12);
      writePlanes(rgb, 2, 2, { ...WHOLE, ...look }, into);
      return [...into];
    };
    expect(planes({})).toEqual([1, -1, -1, -1, -1, 1, -1, -1, -1, -1, 1, -1]);
    expect(planes({ isMirrored: true }).slice(0, 4)).toEqual([-1, 1, -1, -1]);
    expect(planes({ isFlipped: true }).slice(0, 4)).toEqual([-1, -1, 1, -1]);
    expect(planes({ isTurned: true }).slice(4, 8)).toEqual([-1, -1, 1, -1]);
  });
});
