import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as index from "../src/index.ts";
import * as node from "../src/node.ts";
import * as web from "../src/web.ts";

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
      `"ONLY_TENSOR abs adam adamOptimiser adamScalars add and answerShares argMax assumeShape attention batchNorm binaryCrossEntropy cast channelStatistics classShares clip clipByNorm concat constant conv cos countOf crossEntropy cumSum descentOptimiser div dropout encodeModel equal erf exp expand expandLike expm1 gather gatherElements gelu gemm gradientSums gradients greater input isNotANumber l2Normalise layerNorm less linear log log1p logCumSumExp logSigmoid logSoftmax logSumExp matchWeights matmul max maxPool maximum mean meanPool meanSquaredError mergeAxes min minimum mul neg not oneHot or pad parameter permuteRows pow readModelMetadata readModelWeights readWeights reciprocal reflect relu repeat reshape reshapeLike reverse rmsNorm scatterAdd settleMoments shapeOf sigmoid silu sin sizeOf slice softmax softplus split splitAxis sqrt square squeeze stack stopGradient sub sum takeRows tanh topK transpose transposeLast unsqueeze unwrapStateDict updateWeights where widenFloat16 withAverage writeSafetensors zerosLike"`,
    );
    expect(Object.keys(node)).toEqual(["openSession"]);
    expect(Object.keys(web)).toEqual(["openSessionWith"]);
  });

  it("lead to nothing but core and an unpacker of bytes where a browser enters", () => {
    const outside = (door: string): string[] =>
      [...importsFrom(new URL(door, import.meta.url))].filter((s) => !s.startsWith("file:")).sort();
    expect(outside("../src/index.ts")).toEqual(["@nacre/core", "fflate"]);
    expect(outside("../src/web.ts")).toEqual(["@nacre/core", "onnxruntime-web"]);
  });
});
