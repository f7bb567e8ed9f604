/** The answers of a model beside those that PyTorch recorded in double precision. */
import { unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { expect } from "vitest";
import { predict } from "../src/index.ts";
import { encodeFitted } from "../src/model/encode-fitted.ts";
import { infoOf } from "./design.ts";
import { designOf, type GoldenCase, relativeError, weightsOf } from "./golden.ts";
import { bagOf } from "./planted-bags.ts";

/** Expects every output of every bag within 5e-6. */
export async function expectRecordedAnswers(golden: GoldenCase): Promise<void> {
  const design = designOf(golden);
  const session = await openSession(encodeFitted(design, weightsOf(golden), infoOf(design)));
  for (const { features, outputs } of golden.bags) {
    const answer = unwrap(await predict(session, bagOf(Float32Array.from(features), golden.d)));
    for (const name of ["logits", "probabilities", "embedding", "attention", "contribution"] as const) {
      expect(relativeError(answer[name], outputs[name] ?? []), name).toBeLessThan(5e-6);
    }
  }
  await session.close();
}
