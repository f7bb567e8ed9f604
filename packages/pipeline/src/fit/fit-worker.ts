/** Thread entry: fits one model and answers with its ONNX file. One ONNX Runtime thread, so that folds run side by side. */
import { parentPort, workerData } from "node:worker_threads";
import { attempt, unwrap } from "@nacre/core";
import type { OpenSession } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { type Epoch, fit, fitProbe, keptInMemory } from "@nacre/models";
import type { WorkerAnswer } from "../run/workers.ts";
import { probeOf } from "../study/choose-model.ts";
import { featureBags } from "./feature-bags.ts";
import { readFirstWeights } from "./first-weights-file.ts";
import type { FitAnswer, FitJob } from "./fit-job.ts";
import { writeProbe } from "./probe-file.ts";

const job = workerData as FitJob;
const answer = (value: WorkerAnswer<FitAnswer>, transfer: ArrayBuffer[] = []): void =>
  parentPort?.postMessage(value, transfer);

const open: OpenSession = (model, given) => openSession(model, { ...given, provider: job.provider });

const result = await attempt(async (): Promise<FitAnswer> => {
  const { task, aggregator, options, train, tune, synthetic } = job;
  const bags = keptInMemory(featureBags(job.files), job.memory);
  const probe = probeOf(aggregator);
  if (probe !== null) {
    const { onnx, record, space: _, ...rest } = unwrap(await fitProbe({ task, probe, bags, train, tune, synthetic }));
    return {
      ...rest,
      ...(onnx === null ? { model: writeProbe(record), form: "probe" } : { model: onnx, form: "onnx" }),
    };
  }
  const from = job.from === null ? {} : { from: unwrap(readFirstWeights(job.from)) };
  const onEpoch = (row: Epoch): void => answer({ kind: "progress", value: row });
  const {
    onnx,
    weights: _,
    space: __,
    ...rest
  } = unwrap(
    await fit({ task, aggregator, options, bags, train, tune, synthetic, openSession: open, onEpoch, ...from }),
  );
  return { ...rest, model: onnx, form: "onnx" };
});
if (result.ok) answer({ kind: "done", value: result.value });
else answer({ kind: "failed", failure: result.failure });
