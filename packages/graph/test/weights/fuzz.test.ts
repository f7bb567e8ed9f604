import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constant, encodeModel, input, matmul } from "../../src/index.ts";
import { readWeights } from "../../src/weights/read-weights.ts";
import { expected, goldenFile, hostile } from "./golden.ts";

const onnx = encodeModel({
  outputs: { y: matmul(input("x", ["n", 2]), constant([1, 2, 3, 4], [2, 2])) },
  metadata: { a: "1" },
});
const files = [onnx, ...[...Object.keys(expected), ...hostile].map((name) => goldenFile(name))];
const edit = fc.record({ at: fc.nat(), byte: fc.nat(255) });

/** Reads and decodes: true if it ended in a value, whichever. */
function ends(bytes: Uint8Array): boolean {
  const outcome = readWeights(bytes, "fuzzed");
  if (outcome.ok) for (const tensor of outcome.value.tensors.values()) tensor.values();
  return outcome.ok || outcome.failure.received !== "";
}

describe("readWeights", () => {
  it("ends in weights or a failure, never in an error, whatever bytes of a file are changed", () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(edit, { minLength: 1, maxLength: 6 }), (file, edits) => {
        const bytes = new Uint8Array(file);
        for (const { at, byte } of edits) bytes[at % bytes.length] = byte;
        expect(ends(bytes)).toBe(true);
      }),
      { numRuns: 1500, seed: 4 },
    );
  });

  it("ends so wherever a file is cut", () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(), (file, at) => {
        expect(ends(file.subarray(0, at % file.length))).toBe(true);
      }),
      { numRuns: 500, seed: 4 },
    );
  });

  it("ends so on noise behind any beginning", () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(64), fc.uint8Array({ maxLength: 200 }), (file, keep, noise) => {
        expect(ends(Uint8Array.of(...file.subarray(0, keep), ...noise))).toBe(true);
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});
