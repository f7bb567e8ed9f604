/** Thread entry: learns weights without the label of a task and answers with them as a file. */
import { parentPort, workerData } from "node:worker_threads";
import { attempt, type Outcome, unwrap } from "@nacre/core";
import { readWeights } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import {
  type FirstWeights,
  firstWeightsOf,
  keptInMemory,
  type Pretrained,
  pretrainOnMaskedTiles,
  pretrainOnProfiles,
  pretrainOnSubBags,
  writeFirstWeights,
} from "@nacre/models";
import { featureBags } from "../fit/feature-bags.ts";
import type { WorkerAnswer } from "../run/workers.ts";
import { readBytes } from "../study/read-text.ts";
import type { PretrainAnswer, PretrainEpoch, PretrainJob } from "./pretrain-job.ts";

const job = workerData as PretrainJob;
const answer = (value: WorkerAnswer<PretrainAnswer>): void => parentPort?.postMessage(value);
const onEpoch = (epoch: number, loss: number): void =>
  answer({ kind: "progress", value: { epoch, loss } satisfies PretrainEpoch });

const result = await attempt(async (): Promise<PretrainAnswer> => {
  const learned: Pretrained & { readonly information?: readonly number[] } = unwrap(await learn());
  const { weights, shapes, standardisation, aggregator, d, space, losses, information = null } = learned;
  return {
    weights: writeFirstWeights(weights, shapes, { standardisation, metadata: { aggregator: aggregator.name, space } }),
    aggregator,
    parameters: Object.values(weights).reduce((sum, values) => sum + values.length, 0),
    d,
    space,
    losses,
    information,
  };
});
if (result.ok) answer({ kind: "done", value: result.value });
else answer({ kind: "failed", failure: result.failure });

async function learn(): Promise<Outcome<Pretrained>> {
  const bags = keptInMemory(featureBags(job.files), job.memory);
  const ids = Object.keys(job.files);
  const aggregator = { ...job.aggregatorOptions, name: job.aggregator };
  const shared = { bags, openSession, onEpoch, options: job.options };
  switch (job.method) {
    case "masked":
      return pretrainOnMaskedTiles({ ...shared, encoder: job.aggregatorOptions, ids });
    case "sub-bags":
      return pretrainOnSubBags({ ...shared, aggregator, ids });
    case "profiles": {
      const begun = job.from === null ? {} : { from: beginning(job.from) };
      return pretrainOnProfiles({ ...shared, ...begun, aggregator, profiles: job.profiles, bagged: job.bagged });
    }
  }
}

function beginning(path: string): FirstWeights {
  return unwrap(firstWeightsOf(unwrap(readWeights(unwrap(readBytes(path)), path))));
}
