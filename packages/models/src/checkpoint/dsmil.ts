/**
 * Checkpoints of DSMIL (Li 2021) by the key names of its published code (MIT). The file is of separate yes-or-no questions, one a
 * class. Its answer is the attending stream alone; with `average` in the config, the mean of both streams (probabilities averaged).
 */
import { unwrap } from "@nacre/core";
import { add, binaryCrossEntropy, max, mean, mul, sigmoid, type Tensor, unsqueeze } from "@nacre/graph";
import { dsmil, dsmilStreams } from "../aggregator/dsmil.ts";
import { readOptions } from "../aggregator/option.ts";
import type { Assembled, ModelDesign } from "../train/program.ts";
import { aliased } from "./answer.ts";
import type { Checkpoint, Original } from "./checkpoint.ts";
import { flagIn } from "./config.ts";
import { importedDesign, sizesIn } from "./import-checkpoint.ts";
import { layerKeys, leaves } from "./layer-keys.ts";

const TILE = ["i_classifier.fc.0", "i_classifier.fc"];
const QUERY = ["b_classifier.q.0", "b_classifier.q"];
const VALUE = ["b_classifier.v.1", "b_classifier.v.0"];

export const dsmilCheckpoint: Checkpoint = {
  method: "dsmil",
  title: "DSMIL",
  paper: dsmil.paper,
  design(tensors, config) {
    const size = sizesIn(tensors, "dsmil");
    const options = {
      query: size(leaves(QUERY, "weight"), 0),
      nonlinear: tensors.has("b_classifier.q.2.weight"),
      values: leaves(VALUE, "weight").some((key) => tensors.has(key)),
      average: flagIn(config, ["average"], false),
    };
    const [d, k] = [size(leaves(TILE, "weight"), 1), size(leaves(TILE, "weight"), 0)];
    return importedDesign({ name: "dsmil", ...options }, { d, k }, "multilabel");
  },
  keys({ options }) {
    return [
      ...layerKeys("instance", TILE),
      ...layerKeys("query.first", QUERY),
      ...(options.nonlinear ? layerKeys("query.second", ["b_classifier.q.2"]) : []),
      ...(options.values ? layerKeys("value", VALUE) : []),
      { name: "bag.weight", from: "b_classifier.fcc.weight" },
      { name: "bag.bias", from: "b_classifier.fcc.bias" },
    ];
  },
  answers,
};

function answers(_: Assembled, design: ModelDesign, { scope }: Original): Record<string, Tensor> {
  const options = unwrap(readOptions(dsmil.options, design.options, "dsmil"));
  const { instance, bag } = dsmilStreams(scope, { ...options, dropout: 0 });
  const highest = max(instance.scores, { axes: [0], keep: true });
  const both = mul(add(highest, bag.scores), 0.5);
  const probabilities = mul(add(sigmoid(highest), sigmoid(bag.scores)), 0.5);
  const found = aliased({
    "classes instance_logits instance_scores instance_prediction ins_prediction": instance.scores,
    "max_prediction max_logits instance_max prediction_instance": highest,
    "prediction_bag bag_prediction bag_logits bag_scores C": bag.scores,
    "logits scores": options.average ? both : bag.scores,
    "Y_prob probabilities prob probs": options.average ? probabilities : sigmoid(bag.scores),
    "A attention attentions att": bag.shares,
    "A_raw attention_raw raw_attention attention_scores attention_logits": bag.likeness,
    "B M embedding embeddings features bag_embedding bag_feature": unsqueeze(bag.embedding, [0]),
  });
  if (scope.label === null) return found;
  const { label } = scope;
  const [ofBag, ofTile] = [bag.scores, highest].map((scores) => mean(binaryCrossEntropy(scores, label))) as [
    Tensor,
    Tensor,
  ];
  return {
    ...found,
    ...aliased({
      bag_loss: ofBag,
      "max_loss instance_loss": ofTile,
      "loss total_loss": mul(add(ofBag, ofTile), 0.5),
    }),
  };
}
