import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as index from "../src/index.ts";
import * as node from "../src/node.ts";

/** Specifiers of every file that can be reached from a source file through relative imports. */
function importsFrom(file: URL, seen = new Set<string>()): Set<string> {
  const text = readFileSync(file, "utf8");
  for (const [, specifier] of text.matchAll(/from "([^"]+)"/g)) {
    if (specifier === undefined) continue;
    const target = specifier.startsWith(".") ? new URL(specifier, file) : null;
    const name = target?.href ?? specifier;
    if (seen.has(name)) continue;
    seen.add(name);
    if (target !== null) importsFrom(target, seen);
  }
  return seen;
}

describe("the doors of graph", () => {
  it("stay where they are", () => {
    expect(Object.keys(index).sort().join(" ")).toMatchInlineSnapshot(
      `"abs adam adamScalars add assumeShape cast concat constant countOf crossEntropy div dropout encodeModel equal exp expand expandLike gather gelu gemm gradients greater input layerNorm less linear log logSoftmax logSumExp matmul max maximum mean meanSquaredError min minimum mul neg not parameter readModelMetadata readModelWeights relu reshape reshapeLike settleMoments shapeOf sigmoid silu sizeOf slice softmax softplus sqrt square squeeze stopGradient sub sum tanh topK transpose transposeLast unsqueeze where zerosLike"`,
    );
    expect(Object.keys(node)).toEqual(["openSession"]);
  });

  it("lead to nothing but core where a browser enters", () => {
    const outside = [...importsFrom(new URL("../src/index.ts", import.meta.url))].filter((s) => !s.startsWith("file:"));
    expect(outside).toEqual(["@nacre/core"]);
  });
});
