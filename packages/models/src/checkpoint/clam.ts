/**
 * Checkpoints of CLAM, of one branch and of many (Lu 2021), by their key names. Ours keep the scores of the instance heads together, a
 * matrix for and one against; the offset of the attention score, which the softmax does not see, comes back in `A_raw` alone.
 * A file without any instance head (kept for prediction only) is read with heads of zero, and then has no instance loss.
 */
import { unwrap } from "@nacre/core";
import { add, crossEntropy, mul, neg, softplus, type Tensor } from "@nacre/graph";
import { CLAM_OPTIONS, CLAM_PAPER } from "../aggregator/clam.ts";
import { readOptions } from "../aggregator/option.ts";
import { attentionLogits, trunk } from "../attention/gated-attention.ts";
import { clusteringLoss } from "../loss/instance-clustering.ts";
import { smoothSvm } from "../loss/smooth-svm.ts";
import type { Assembled, ModelDesign } from "../train/program.ts";
import { aliased, attentionAnswers, classAnswers, embeddingAnswers } from "./answer.ts";
import type { Checkpoint, KeySource, Original, Tensors } from "./checkpoint.ts";
import { flagIn, numberIn, textIn } from "./config.ts";
import { gateKeys, gateOffset } from "./gated.ts";
import { importedDesign, sizesIn } from "./import-checkpoint.ts";
import { layerKeys } from "./layer-keys.ts";
import { exchanged, joined, numbered, row, zeros } from "./rearrange.ts";

/** With dropout between trunk and gate the gate is the fourth module, else the third. */
const GATES = ["attention_net.3", "attention_net.2"];
const OLDER = "attention_net.module.";
const SCORES = "classifiers";
const INSTANCE = "instance_classifiers";
const SIDES = { negative: 0, positive: 1 } as const;

export const clamSbCheckpoint = clamCheckpoint("clam-sb", "CLAM, single branch", renamed);
export const clamMbCheckpoint = clamCheckpoint("clam-mb", "CLAM, a branch for each class", (tensors) =>
  withScores(renamed(tensors)),
);

function clamCheckpoint(method: string, title: string, rearrange: (tensors: Tensors) => Tensors): Checkpoint {
  return {
    method,
    title,
    paper: CLAM_PAPER,
    rearrange: (tensors) => withInstanceHeads(rearrange(tensors)),
    design(tensors, config) {
      const size = sizesIn(tensors, method);
      const options = {
        hidden: size("attention_net.0.weight", 0),
        attention: size(
          GATES.map((gate) => `${gate}.attention_a.0.weight`),
          0,
        ),
        sample: numberIn(config, ["k_sample", "sample", "B"], 8),
        bagWeight: numberIn(config, ["bag_weight", "bagWeight"], 0.7),
        subtyping: flagIn(config, ["subtyping"], false),
      };
      const [d, k] = [size("attention_net.0.weight", 1), size(`${SCORES}.weight`, 0)];
      return importedDesign({ name: method, ...options }, { d, k });
    },
    keys: () => KEYS,
    ignore: [...gateOffset(GATES), "instance_loss_fn."],
    notes: (file) =>
      [...file.keys()].some((key) => key.startsWith(`${INSTANCE}.`))
        ? []
        : ["the file holds no instance heads: it predicts and explains, and has no instance loss"],
    answers,
  };
}

const KEYS: readonly KeySource[] = [
  ...layerKeys("trunk", "attention_net.0"),
  ...gateKeys(GATES),
  ...layerKeys("head", SCORES),
  ...Object.keys(SIDES).flatMap((side) => layerKeys(`instance.${side}`, `${INSTANCE}.${side}`)),
];

/** Keys without the infix that files of training on several devices have. */
function renamed(tensors: Tensors): Tensors {
  return new Map([...tensors].map(([key, tensor]) => [key.replace(OLDER, "attention_net."), tensor]));
}

/** The heads of one score each, of many branches, as one head. */
function withScores(tensors: Tensors): Tensors {
  const weights = numbered(tensors, SCORES, "weight", 1);
  const biases = numbered(tensors, SCORES, "bias", 1);
  const [first] = weights.values();
  if (first === undefined) return tensors;
  return exchanged(
    tensors,
    [...weights.keys(), ...biases.keys()],
    [
      [`${SCORES}.weight`, joined([...weights.values()], [weights.size, ...first.shape.slice(1)])],
      [`${SCORES}.bias`, joined([...biases.values()], [biases.size])],
    ],
  );
}

/** The first row of every instance head, which is against, and the second, which is for, as a matrix each. */
function withInstanceHeads(tensors: Tensors): Tensors {
  const weights = numbered(tensors, INSTANCE, "weight", 2);
  const biases = numbered(tensors, INSTANCE, "bias", 2);
  const [first] = weights.values();
  const scores = tensors.get(`${SCORES}.weight`);
  if (first === undefined && scores !== undefined) {
    const [k = 0] = scores.shape;
    const empty = Object.keys(SIDES).flatMap((side) => [
      [`${INSTANCE}.${side}.weight`, zeros(scores.shape)] as const,
      [`${INSTANCE}.${side}.bias`, zeros([k])] as const,
    ]);
    return exchanged(tensors, [], empty);
  }
  const rows = Object.entries(SIDES).flatMap(([side, place]) => [
    [
      `${INSTANCE}.${side}.weight`,
      joined(
        [...weights.values()].map((w) => row(w, place)),
        [weights.size, ...(first?.shape.slice(1) ?? [])],
      ),
    ] as const,
    [
      `${INSTANCE}.${side}.bias`,
      joined(
        [...biases.values()].map((b) => row(b, place)),
        [biases.size],
      ),
    ] as const,
  ]);
  return exchanged(tensors, [...weights.keys(), ...biases.keys()], rows);
}

function answers({ scored }: Assembled, design: ModelDesign, original: Original): Record<string, Tensor> {
  const { scope, config } = original;
  const options = unwrap(readOptions(CLAM_OPTIONS, design.options, design.aggregator.name));
  const instances = trunk(scope, 0);
  const raw = attentionLogits(scope, instances, { gated: true }, 0);
  const offset = original.left(gateOffset(GATES));
  const found = {
    ...classAnswers(scored.scores),
    ...attentionAnswers(scored.shares, offset === null ? raw : add(raw, offset)),
    ...embeddingAnswers(scored.embedding),
  };
  const { label } = scope;
  if (label === null || !renamed(original.file).has(`${INSTANCE}.0.weight`)) return found;
  const isSvm = textIn(config, ["inst_loss", "instance_loss_fn"], "svm") !== "ce";
  const instanceLoss = clusteringLoss(
    scope,
    { attention: scored.shares, instances, label },
    { ...options, tileLoss: isSvm ? smoothSvm : twoClassCrossEntropy },
  );
  const bagLoss = crossEntropy(scored.scores, label);
  const share = options.bagWeight;
  return {
    ...found,
    ...aliased({
      "instance_loss inst_loss": instanceLoss,
      bag_loss: bagLoss,
      "total_loss loss": add(mul(bagLoss, share), mul(instanceLoss, 1 - share)),
    }),
  };
}

/** Cross-entropy of two scores whose difference is delta. */
function twoClassCrossEntropy(delta: Tensor, label: 0 | 1): Tensor {
  return softplus(label === 1 ? neg(delta) : delta);
}
