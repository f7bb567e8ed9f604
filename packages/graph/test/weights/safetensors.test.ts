import { unwrap } from "@nacre/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readWeights } from "../../src/weights/read-weights.ts";
import { writeSafetensors } from "../../src/weights/safetensors.ts";

const tensors = {
  wide: { shape: [2], values: BigInt64Array.of(-1n, 2n ** 33n) },
  b: { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 5, 6) },
  a: { shape: [], values: Float32Array.of(7) },
  bytes: { shape: [3], values: Uint8Array.of(1, 2, 255) },
  double: { shape: [1, 1], values: Float64Array.of(0.1) },
  none: { shape: [0, 4], values: new Float32Array(0) },
};

/** A file with this header and so many bytes behind it. */
function fileOf(header: unknown, length: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  return out;
}

function received(header: unknown, length: number): string {
  const outcome = readWeights(fileOf(header, length), "x.safetensors");
  return outcome.ok ? "read" : `${outcome.failure.kind}: ${outcome.failure.expected}; ${outcome.failure.received}`;
}

const entry = (begin: number, end: number): unknown => ({
  dtype: "F32",
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
});

describe("safetensors", () => {
  it("give back what was written, names, shapes, numbers and texts", () => {
    const read = unwrap(readWeights(writeSafetensors(tensors, { made: "by us" }), "x"));
    expect(read.metadata).toEqual({ made: "by us" });
    for (const [name, { shape, values }] of Object.entries(tensors)) {
      const tensor = read.tensors.get(name);
      expect([name, tensor?.shape, tensor?.values()]).toEqual([
        name,
        shape,
        Float32Array.from(values as Iterable<number>, Number),
      ]);
    }
  });

  it("are the same bytes whatever order the tensors and texts came in, and lie at multiples of eight", () => {
    const turned = Object.fromEntries(Object.entries(tensors).reverse());
    const bytes = writeSafetensors(tensors, { a: "1", b: "2" });
    expect(writeSafetensors(turned, { b: "2", a: "1" })).toEqual(bytes);
    expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
  });

  it("survive any names and numbers", () => {
    const one = fc.record({ name: fc.string({ unit: "grapheme" }), values: fc.float32Array({ maxLength: 6 }) });
    fc.assert(
      fc.property(fc.uniqueArray(one, { maxLength: 6, selector: (t) => t.name }), (list) => {
        const given = Object.fromEntries(list.map(({ name, values }) => [name, { shape: [values.length], values }]));
        const read = unwrap(readWeights(writeSafetensors(given), "x"));
        expect(new Map([...read.tensors].map(([name, t]) => [name, t.values()]))).toEqual(
          new Map(list.map(({ name, values }) => [name, values])),
        );
      }),
      { numRuns: 50, seed: 4 },
    );
  });

  it("are known whatever the length of their header begins with", () => {
    for (const length of [0x0280, 0x0480, 0x034b50]) {
      const header = JSON.stringify({ a: entry(0, 4) });
      expect(received(header.padEnd(length), 4)).toBe("read");
    }
  });

  it("with holes, overlaps, wrong sizes or types are refused, each by name", () => {
    expect(received({ a: entry(0, 8), b: entry(4, 12) }, 12)).toMatch(/^bad-weights: "b" of .* byte 8.*; byte 4$/);
    expect(received({ a: entry(0, 4), b: entry(8, 12) }, 12)).toContain("byte 8");
    expect(received({ a: entry(0, 4) }, 8)).toBe("bad-weights: 4 bytes of tensors in x.safetensors; 8");
    expect(received({ a: entry(0, 8) }, 4)).toContain("truncated-file");
    expect(received({ a: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }, 8)).toContain("F32 [3]");
    expect(received({ a: { dtype: "F8_E4M3", shape: [8], data_offsets: [0, 8] } }, 8)).toContain("F8_E4M3");
    expect(received({ a: { dtype: "F32", shape: [-2], data_offsets: [0, -8] } }, 8)).toContain("dtype, shape");
    expect(received({ a: 3 }, 8)).toContain("dtype, shape and data_offsets");
    expect(received('{"a": ', 0)).toContain("JSON");
    expect(received({ __metadata__: { a: 1 } }, 0)).toContain("texts as metadata");
  });

  it("cannot be written with a shape that does not fit", () => {
    expect(() => writeSafetensors({ a: { shape: [2], values: Float32Array.of(1) } })).toThrow(RangeError);
    expect(() => writeSafetensors({ __metadata__: { shape: [1], values: Float32Array.of(1) } })).toThrow(RangeError);
  });
});
