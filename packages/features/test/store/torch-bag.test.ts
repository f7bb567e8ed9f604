import { readFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { writeSafetensors } from "@nacre/graph";
import { describe, expect, it } from "vitest";
import { parseBag } from "../../src/index.ts";

/** Written by PyTorch: tools/oracles/weights.py. */
function torchFile(name: string): Uint8Array {
  return readFileSync(new URL(`../../../graph/test/golden/weights/${name}`, import.meta.url));
}

async function failureOf(bytes: Uint8Array): Promise<string> {
  const outcome = await parseBag(bytes, "S1.pt");
  return outcome.ok ? "read" : `${outcome.failure.kind}: ${outcome.failure.received}`;
}

describe("a feature file of one bare tensor", () => {
  it("is a bag without places, encoder or scale", async () => {
    const bag = unwrap(await parseBag(torchFile("bare.zip.pt"), "S1.pt"));
    expect([bag.n, bag.d, bag.features.length, bag.side, bag.space]).toEqual([5, 3, 15, null, "unknown"]);
    expect([[...bag.x], [...bag.y]]).toEqual([
      [0, 1, 2, 3, 4],
      [0, 0, 0, 0, 0],
    ]);
    expect(bag.meta).toMatchObject({ layout: "clam", frame: "index", encoder: null, mpp: null });
    expect(bag.features.buffer.byteLength).toBe(60);
  });

  it("may be a safetensors file", async () => {
    const file = writeSafetensors({ features: { shape: [1, 2], values: Float32Array.of(3, 4) } });
    expect([...unwrap(await parseBag(file, "S1")).features]).toEqual([3, 4]);
  });

  it("is refused when it holds several tensors, one vector, no row, or an import", async () => {
    const vector = (shape: number[], length: number): Uint8Array =>
      writeSafetensors({ a: { shape, values: new Float32Array(length) } });
    expect(await failureOf(torchFile("parameters.zip.pt"))).toBe("bad-features: 2: 0, 1");
    expect(await failureOf(vector([4], 4))).toContain("the embedding of a whole slide");
    expect(await failureOf(vector([0, 4], 0))).toBe("empty-bag: shape [0, 4]");
    expect(await failureOf(torchFile("hostile-system.zip.pt"))).toBe("bad-weights: an import of posix.system");
    expect(await failureOf(torchFile("bare.zip.pt").subarray(0, 400))).toContain("truncated-file");
  });
});
