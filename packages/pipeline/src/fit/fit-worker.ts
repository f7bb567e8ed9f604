/** Thread entry: fits one model and answers with its ONNX file. One ONNX Runtime thread, so that folds run side by side. */
import { parentPort, workerData } from "node:worker_threads";
import { attempt, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { fit, keptInMemory } from "@nacre/models";
import type { WorkerAnswer } from "../run/workers.ts";
import { featureBags } from "./feature-bags.ts";
import type { FitAnswer, FitJob } from "./fit-job.ts";

const job = workerData as FitJob;
const answer = (value: WorkerAnswer<FitAnswer>, transfer: ArrayBuffer[] = []): void =>
  parentPort?.postMessage(value, transfer);

const result = await attempt(async () => {
  const model = unwrap(
    await fit({
      task: job.task,
      aggregator: job.aggregator,
      options: job.options,
      bags: keptInMemory(featureBags(job.files), job.memory),
      train: job.train,
      tune: job.tune,
      openSession,
      onEpoch: (row) => answer({ kind: "progress", value: row }),
    }),
  );
  const { weights: _, space: __, ...rest } = model;
  return rest satisfies FitAnswer;
});
if (result.ok) answer({ kind: "done", value: result.value });
else answer({ kind: "failed", failure: result.failure });
