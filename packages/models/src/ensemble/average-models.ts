/**
 * Several models as one file: the mean of their probabilities (a linear opinion pool; Stone 1961). Same input, same outputs:
 *
 *   probabilities   mean of the members'
 *   logits          log of those, so that softmax(logits) = probabilities
 *   attention       mean of the members', sums to 1
 *   contribution    mean of the members': what a tile adds to the mean of the members' logits
 *   bias            mean of the members': mean member logits = sum over tiles of contribution + bias
 *   embedding       the members' embeddings, one after the other
 *
 * The mean of probabilities is not the softmax of mean logits, so contributions add up to the mean logits, not to `logits`.
 */
import { raise, unwrap } from "@nacre/core";
import { add, concat, encodeModel, log, maximum, mul, type Tensor } from "@nacre/graph";
import { type Answers, answersOf, decodeFitted } from "../model/encode-fitted.ts";
import { writeModelInfo } from "../model/model-info.ts";
import { packWeights } from "../model/packed-weights.ts";
import { featuresOf, weightSpecs } from "../train/program.ts";

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
    const classes = info.task.classes.join(", ");
    if (info.d === first.info.d && classes === first.info.task.classes.join(", ")) continue;
    raise("dimension-mismatch", {
      expected: `models of ${first.info.d} features and the classes ${first.info.task.classes.join(", ")}`,
      received: `one of ${info.d} features and ${classes}`,
      remedy: "average the folds of one run only",
    });
  }
  const features = featuresOf(first.design);
  const answers = members.map(({ design, weights }) =>
    answersOf(design, packWeights(design.standardisation, weights, weightSpecs(design)), features),
  );
  return encodeModel({
    outputs: averaged(answers),
    name: "average",
    metadata: writeModelInfo({ ...first.info, members: members.length }),
  });
}

function averaged(answers: readonly Answers[]): Record<string, Tensor> {
  const mean = (of: (answer: Answers) => Tensor): Tensor =>
    mul(
      answers.map(of).reduce((sum, x) => add(sum, x)),
      1 / answers.length,
    );
  const probabilities = mean((a) => a.probabilities);
  return {
    probabilities,
    logits: log(maximum(probabilities, SMALLEST)),
    bias: mean((a) => a.bias),
    embedding: concat(
      answers.map((a) => a.embedding),
      0,
    ),
    attention: mean((a) => a.attention),
    contribution: mean((a) => a.contribution),
  };
}
