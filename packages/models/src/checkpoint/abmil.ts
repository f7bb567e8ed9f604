/**
 * Checkpoints of attention-based pooling (Ilse 2018), gated and plain. The offset of the attention score, which the softmax does not
 * see, comes back in `A_raw` alone. A classifier of one score answers with that score and its sigmoid, in one column.
 */
import {
  add,
  cast,
  clip,
  crossEntropy,
  less,
  log,
  mul,
  neg,
  not,
  sigmoid,
  slice,
  sub,
  type Tensor,
} from "@nacre/graph";
import { abmil } from "../aggregator/abmil.ts";
import { attentionLogits, trunk } from "../attention/gated-attention.ts";
import type { Assembled, ModelDesign } from "../train/program.ts";
import { byRole, ENCODER, inRoles } from "./abmil-roles.ts";
import { aliased, attentionAnswers, classAnswers, embeddingAnswers } from "./answer.ts";
import type { Checkpoint, Original } from "./checkpoint.ts";
import { importedDesign, sizesIn } from "./import-checkpoint.ts";
import { layerKeys } from "./layer-keys.ts";

export const abmilCheckpoint: Checkpoint = {
  method: "abmil",
  title: "Attention-based pooling, gated or plain",
  paper: abmil.paper,
  rearrange: inRoles,
  design(tensors) {
    const size = sizesIn(tensors, "abmil");
    const gated = tensors.has("U.weight");
    const options = { hidden: size("V.weight", 1), attention: size("V.weight", 0), gated };
    const sizes = { d: size("trunk.weight", 1), k: size("classifier.weight", 0) };
    return importedDesign({ name: "abmil", ...options }, sizes);
  },
  keys: ({ options }) => [
    ...layerKeys("trunk", "trunk"),
    ...layerKeys("gate.tanh", "V"),
    ...(options.gated ? layerKeys("gate.sigmoid", "U") : []),
    { name: "gate.score.weight", from: "w.weight", transpose: true },
    ...layerKeys("head", "classifier"),
  ],
  ignore: ["w.bias", ENCODER],
  answers,
};

function answers({ scored }: Assembled, { options, d }: ModelDesign, original: Original): Record<string, Tensor> {
  const { scope } = original;
  const file = byRole(original.file);
  const logits = attentionLogits(scope, trunk(scope, 0), { gated: options.gated === true }, 0);
  const offset = original.left("w.bias");
  const isSingle = file.get("classifier.weight")?.shape[0] === 1;
  const embedding = file.has("trunk.weight") ? scored.embedding : passedOn(scored.embedding, d);
  return {
    ...(isSingle ? ofOneScore(scored.scores, scope.label) : ofClasses(scored.scores, scope.label)),
    ...attentionAnswers(scored.shares, offset === null ? logits : add(logits, offset)),
    ...embeddingAnswers(embedding),
  };
}

/** relu(x) - relu(-x), pooled. */
function passedOn(embedding: Tensor, d: number): Tensor {
  return sub(slice(embedding, { axis: 1, start: 0, end: d }), slice(embedding, { axis: 1, start: d, end: 2 * d }));
}

function ofClasses(scores: Tensor, label: Tensor | null): Record<string, Tensor> {
  const found = classAnswers(scores);
  return label === null ? found : { ...found, ...aliased({ "loss total_loss bag_loss": crossEntropy(scores, label) }) };
}

/** The published code keeps the probability this far from 0 and 1 in its loss. */
const EDGE = 1e-5;

function ofOneScore(scores: Tensor, label: Tensor | null): Record<string, Tensor> {
  const score = slice(scores, { axis: 1, start: 1, end: 2 });
  const p = sigmoid(score);
  const found = aliased({
    "logits logit scores": score,
    "Y_prob probabilities prob probs": p,
    "Y_hat prediction": cast(not(less(p, 0.5)), "float32"),
  });
  if (label === null) return found;
  const yes = slice(label, { axis: 1, start: 1, end: 2 });
  const kept = clip(p, EDGE, 1 - EDGE);
  const loss = neg(add(mul(yes, log(kept)), mul(sub(1, yes), log(sub(1, kept)))));
  return { ...found, ...aliased({ "loss total_loss bag_loss neg_log_likelihood": loss }) };
}
