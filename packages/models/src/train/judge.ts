/** The loss on the tune part, which alone decides when to stop: all tiles, no dropout, no further losses. */
import { encodeModel, type OpenSession, type TensorData } from "@nacre/graph";
import type { Tiles } from "./learner.ts";
import { judgingOutputs, type ModelDesign } from "./program.ts";

export interface Judge {
  /** Cross-entropy of one bag under the given weights, not weighted by class. */
  loss(weights: Readonly<Record<string, TensorData>>, tiles: Tiles, label: number): Promise<number>;
  close(): Promise<void>;
}

export async function openJudge(design: ModelDesign, threads: number, open: OpenSession): Promise<Judge> {
  const session = await open(encodeModel({ outputs: judgingOutputs(design), name: "judge" }), { threads });
  return {
    async loss(weights, { features, n, d }, label) {
      const { logits } = await session.run({ ...weights, features: { data: features, dims: [n, d] } });
      return crossEntropyOf(logits?.data as Float32Array, label);
    },
    close: () => session.close(),
  };
}

/** -log of the probability of class `label`, in double precision. */
export function crossEntropyOf(logits: ArrayLike<number>, label: number): number {
  const values = Array.from(logits);
  const largest = Math.max(...values);
  const total = values.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return Math.log(total) + largest - (values[label] as number);
}
