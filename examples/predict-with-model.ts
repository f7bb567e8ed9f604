/**
 * Features of one slide and the model of a run, to a prediction and the tile that says most for it. The same two calls work
 * in the browser with a session of its runtime. Run: node examples/predict-with-model.ts RUN SLIDE-ID (Node 22.18 or later)
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Bag, positiveIndex, unwrap } from "@nacre/core";
import { readBag } from "@nacre/features/node";
import { openSession } from "@nacre/graph/node";
import { describeModel, predict, tileEvidence } from "@nacre/models";

export interface Answer {
  readonly probabilities: Readonly<Record<string, number>>;
  /** Top-left corner of the tile with the highest evidence for the positive class, level-0 pixels. */
  readonly strongest: { readonly x: number; readonly y: number; readonly evidence: number };
}

/** @throws FailureError where the features are not of the model's encoder, or not finite */
export async function predictWithModel(onnx: Uint8Array, bag: Bag): Promise<Answer> {
  const info = unwrap(describeModel(onnx));
  const session = await openSession(onnx);
  try {
    const prediction = unwrap(await predict(session, bag, { info }));
    const { task } = info;
    if (task.kind !== "classify") throw new TypeError(`expected a model of classes, received one of ${task.kind}`);
    const evidence = tileEvidence(prediction, positiveIndex(task));
    const best = evidence.indexOf(Math.max(...evidence));
    return {
      probabilities: Object.fromEntries(task.classes.map((c, i) => [c, prediction.probabilities[i] ?? Number.NaN])),
      strongest: { x: bag.x[best] ?? 0, y: bag.y[best] ?? 0, evidence: evidence[best] ?? 0 },
    };
  } finally {
    await session.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [, , run = "nacre-demo", slide = "site-c-001"] = process.argv;
  const bag = unwrap(await readBag(join(run, "features", `${slide}.h5`)));
  console.log(await predictWithModel(readFileSync(join(run, "model", "model.onnx")), bag));
}
