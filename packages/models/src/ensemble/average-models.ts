/**
 * Several models as one file: the mean of their answers, for classes a linear opinion pool (Stone 1961). Same input, same outputs:
 *
 *   answers         mean of the members' (`probabilities` for classes); no `survival` where their intervals end at other times
 *   logits          for one task with classes the log of those, so that softmax(logits) = probabilities; else the mean
 *   attention       mean of the members', sums to 1
 *   contribution    mean of the members': what a tile adds to the mean of the members' logits
 *   bias            mean of the members': mean member logits = sum over tiles of contribution + bias
 *   embedding       the members' embeddings, one after the other
 *   further.*       mean of what all members give; contributions that are gradients are measured from the mean of their mean train tiles
 *
 * The mean of probabilities is not the softmax of mean logits, so contributions add up to the mean logits, not to `logits`.
 */
import { raise, unwrap } from "@nacre/core";
import { add, concat, encodeModel, log, maximum, mul, type Tensor } from "@nacre/graph";
import { type Answers, answersOf, contributionKind, decodeFitted, type Member } from "../model/encode-fitted.ts";
import { anySynthetic, type ModelInfo, writeModelInfo } from "../model/model-info.ts";
import { packWeights } from "../model/packed-weights.ts";
import { bagInputs, weightSpecs } from "../train/program.ts";

/** The smallest normal float32: what a logarithm is taken of where a probability is zero. */
const SMALLEST = 2 ** -126;

/**
 * One ONNX file that answers with the mean of the given files, each a model of one fold. One file is handed back as a model
 * whose logits are its own. Failure (thrown as FailureError): bad-model, dimension-mismatch.
 * @throws RangeError when there is no model
 */
export function averageModels(models: readonly Uint8Array[]): Uint8Array {
  const members = models.map((onnx) => unwrap(decodeFitted(onnx)));
  const [first] = members;
  const single = models[0];
  if (first === undefined || single === undefined) throw new RangeError("expected at least one model, received none");
  if (models.length === 1) return single;
  for (const { info } of members) {
    if (contract(info) === contract(first.info)) continue;
    raise("dimension-mismatch", {
      expected: `models of ${contract(first.info)}`,
      received: `one of ${contract(info)}`,
      remedy: "average the folds of one run only",
    });
  }
  const inputs = bagInputs(first.design);
  const baseline = meanTile(members);
  const answers = members.map(({ design, weights }) =>
    answersOf(design, packWeights(design.standardisation, weights, weightSpecs(design)), inputs, baseline),
  );
  const contribution = contributionKind(
    answers.map(({ isExact }, m) => ({ isExact, mixesTiles: members[m]?.design.aggregator.mixesTiles === true })),
  );
  return encodeModel({
    outputs: averaged(answers, { isClasses: first.info.task.kind === "classify", isAligned: isAligned(members) }),
    name: "average",
    metadata: {
      ...writeModelInfo({
        ...first.info,
        members: members.length,
        synthetic: anySynthetic(members.map(({ info }) => info)),
      }),
      contribution,
    },
  });
}

/** What two models must share to be averaged. */
function contract({ d, covariates, task }: ModelInfo): string {
  return `${d} features, ${covariates} covariates and the task ${JSON.stringify(task)}`;
}

/** The mean of the members' mean train tiles, [d]. */
function meanTile(members: readonly Member[]): Float32Array<ArrayBuffer> {
  const means = members.map(({ design }) => design.standardisation.mean);
  const [first = new Float32Array(0)] = means;
  return Float32Array.from(first, (_, j) => means.reduce((sum, mean) => sum + (mean[j] as number), 0) / means.length);
}

/** Whether the intervals of time are the same for all (those of tasks inside the facts too), so that answers by interval mean the same. */
function isAligned(members: readonly { readonly info: ModelInfo }[]): boolean {
  const intervals = (facts: unknown): unknown[] =>
    typeof facts !== "object" || facts === null
      ? []
      : Object.entries(facts).flatMap(([name, value]) => (name === "times" ? [value] : intervals(value)));
  return new Set(members.map(({ info }) => JSON.stringify(intervals(info.facts)))).size === 1;
}

function averaged(
  answers: readonly Answers[],
  { isClasses, isAligned }: { readonly isClasses: boolean; readonly isAligned: boolean },
): Record<string, Tensor> {
  const mean = (of: (answer: Answers) => Tensor): Tensor =>
    mul(
      answers.map(of).reduce((sum, x) => add(sum, x)),
      1 / answers.length,
    );
  const names = Object.keys(answers[0]?.task ?? {}).filter((name) => isAligned || !/(^|\.)survival$/.test(name));
  const task = Object.fromEntries(names.map((name) => [name, mean((a) => a.task[name] as Tensor)]));
  const { probabilities } = task;
  const shared = Object.keys(answers[0]?.further ?? {}).filter((name) => answers.every((a) => name in a.further));
  const further = Object.fromEntries(shared.map((name) => [name, mean((a) => a.further[name] as Tensor)]));
  return {
    ...task,
    logits: isClasses && probabilities !== undefined ? log(maximum(probabilities, SMALLEST)) : mean((a) => a.logits),
    bias: mean((a) => a.bias),
    embedding: concat(
      answers.map((a) => a.embedding),
      0,
    ),
    attention: mean((a) => a.attention),
    contribution: mean((a) => a.contribution),
    ...further,
  };
}
