/** A folder with an encoder that can be checked by head: mean and largest value of each channel, made with the graph builder. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { concat, encodeModel, input, max, mean } from "@nacre/graph";

export const TINY_SIZE = 64;

export function writeTinyEncoder(folder: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const pixels = input("pixels", ["n", 3, TINY_SIZE, TINY_SIZE]);
  const features = concat([mean(pixels, { axes: [2, 3] }), max(pixels, { axes: [2, 3] })], 1);
  const model = encodeModel({ outputs: { features } });
  writeFileSync(join(folder, "model.onnx"), model);
  const card = {
    name: "tiny",
    file: "model.onnx",
    output: "features",
    dim: 6,
    size: TINY_SIZE,
    mpp: 0.5,
    mean: [0.5, 0.25, 0],
    std: [0.5, 0.25, 1],
    channels: "rgb",
    licence: "CC0-1.0",
    source: "made for a test",
    sha256: createHash("sha256").update(model).digest("hex"),
    ...changes,
  };
  writeFileSync(join(folder, "encoder.json"), JSON.stringify(card));
  return folder;
}
