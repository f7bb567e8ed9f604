import { constants, deflateRawSync, crc32 as zlibCrc32 } from "node:zlib";
import { isFailureError, randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { crc32 } from "../../src/weights/zip/crc32.ts";
import { inflate } from "../../src/weights/zip/inflate.ts";
import { isZip, openZip } from "../../src/weights/zip/zip.ts";
import { goldenFile } from "./golden.ts";

const random = randomStream(4, "zip");
const noise = Uint8Array.from({ length: 70_000 }, () => Math.floor(random.uniform() * 256));
const prose = new TextEncoder().encode("the quick brown fox jumps over the lazy dog; ".repeat(3000));
const zeros = new Uint8Array(200_000);
const few = Uint8Array.from({ length: 50_000 }, () => Math.floor(random.uniform() * 3));

function kindOf(body: () => unknown): string {
  try {
    body();
    return "none";
  } catch (error) {
    if (isFailureError(error)) return error.failure.kind;
    throw error;
  }
}

describe("inflate", () => {
  const strategies = [constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY, constants.Z_RLE, constants.Z_FIXED];
  it.each([0, 1, 6, 9])("undoes zlib at level %i, with every kind of block", (level) => {
    for (const strategy of strategies) {
      for (const bytes of [noise, prose, zeros, few, new Uint8Array(0), Uint8Array.of(7)]) {
        expect(Buffer.compare(inflate(deflateRawSync(bytes, { level, strategy }), bytes.length, "x"), bytes)).toBe(0);
      }
    }
  });

  it("fails where bytes are missing, changed, or give another size than announced", () => {
    const packed = deflateRawSync(prose);
    expect(kindOf(() => inflate(packed.subarray(0, -9), prose.length, "x"))).toBe("truncated-file");
    expect(kindOf(() => inflate(packed, prose.length - 1, "x"))).toBe("bad-weights");
    expect(kindOf(() => inflate(packed, prose.length + 1, "x"))).toBe("bad-weights");
    expect(kindOf(() => inflate(Uint8Array.of(7), 4, "x"))).toBe("bad-weights");
    expect(kindOf(() => inflate(new Uint8Array(0), 4, "x"))).toBe("truncated-file");
  });
});

describe("crc32", () => {
  it("is that of zlib at every length and alignment", () => {
    for (let n = 0; n < 40; n++) expect(crc32(noise.subarray(n, 2 * n))).toBe(zlibCrc32(noise.subarray(n, 2 * n)));
    expect(crc32(noise)).toBe(zlibCrc32(noise));
  });
});

describe("a zip", () => {
  it("whose entries overlap or claim too much is refused", () => {
    const bytes = goldenFile("compressed.npz");
    expect(isZip(bytes)).toBe(true);
    expect(openZip(bytes, "x").names).toContain("columns.npy");
    const directory = Buffer.from(bytes).indexOf("PK\x01\x02");
    const claiming = new Uint8Array(bytes);
    new DataView(claiming.buffer).setUint32(directory + 24, 2 ** 31, true);
    expect(kindOf(() => openZip(claiming, "x"))).toBe("bad-weights");
    const second = Buffer.from(bytes).indexOf("PK\x01\x02", directory + 1);
    const overlapping = new Uint8Array(bytes);
    new DataView(overlapping.buffer).setUint32(second + 42, 0, true);
    expect(kindOf(() => openZip(overlapping, "x"))).toBe("bad-weights");
  });
});
