/** How the contributions of a run were found, for its report. */
import { readFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { readModelMetadata } from "@nacre/graph";
import type { PredictedBag } from "../predict/bag-answer.ts";
import type { RunFolder } from "../run/run-folder.ts";
import { type EvidenceMethod, LARGEST_INTEGRATED } from "./bag-evidence.ts";

/** By what the file of the model says and the sizes of the bags. */
export function evidenceMethodOf(folder: RunFolder, model: string, predicted: readonly PredictedBag[]): EvidenceMethod {
  const { metadata } = unwrap(readModelMetadata(readFileSync(folder.file(model))));
  if (metadata.contribution === "exact-mixed") return "exact-mixed";
  if (metadata.contribution !== "gradient-input") return "exact";
  const tiles = predicted.map(({ bag }) => bag.members.reduce((sum, m) => sum + m.extracted.tiles, 0));
  return tiles.some((n) => n <= LARGEST_INTEGRATED) ? "integrated-gradients" : "gradient-input";
}
