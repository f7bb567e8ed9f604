/**
 * Checkpoints of TransMIL (Shao 2021), by their key names. Heads and widths are read off the weights; landmarks are half of the width
 * and the pseudo-inverse takes six steps, as published, where the config names no others.
 */
import type { Tensor } from "@nacre/graph";
import { transmil } from "../aggregator/transmil.ts";
import type { Assembled } from "../train/program.ts";
import { aliased, classAnswers, embeddingAnswers } from "./answer.ts";
import type { Checkpoint, KeySource } from "./checkpoint.ts";
import { numberIn } from "./config.ts";
import { importedDesign, sizesIn } from "./import-checkpoint.ts";

export const transmilCheckpoint: Checkpoint = {
  method: "transmil",
  title: "TransMIL",
  paper: transmil.paper,
  design(tensors, config) {
    const size = sizesIn(tensors, "transmil");
    const width = size("_fc1.0.weight", 0);
    const heads = size("layer1.attn.res_conv.weight", 0);
    const options = {
      heads,
      headWidth: Math.floor(width / heads),
      landmarks: numberIn(config, ["num_landmarks", "landmarks"], Math.floor(width / 2)),
      iterations: numberIn(config, ["pinv_iterations", "iterations"], 6),
      dropout: 0,
    };
    return importedDesign({ name: "transmil", ...options }, { d: size("_fc1.0.weight", 1), k: size("_fc2.weight", 0) });
  },
  keys: ({ options: { heads, headWidth } }) => [
    { name: "trunk.weight", from: "_fc1.0.weight", transpose: true },
    { name: "trunk.bias", from: "_fc1.0.bias" },
    { name: "token", from: "cls_token", shapeInFile: [1, 1, Number(heads) * Number(headWidth)] },
    ...["layer1", "layer2"].flatMap(layerKeys),
    ...Object.entries(GRID).flatMap(([ours, theirs]) => both(ours, theirs)),
    { name: "norm.gain", from: "norm.weight" },
    { name: "norm.bias", from: "norm.bias" },
    { name: "head.weight", from: "_fc2.weight", transpose: true },
    { name: "head.bias", from: "_fc2.bias" },
  ],
  answers,
};

const GRID = {
  "grid.conv7": "pos_layer.proj",
  "grid.conv5": "pos_layer.proj1",
  "grid.conv3": "pos_layer.proj2",
};

function layerKeys(layer: string): KeySource[] {
  return [
    { name: `${layer}.norm.gain`, from: `${layer}.norm.weight` },
    { name: `${layer}.norm.bias`, from: `${layer}.norm.bias` },
    { name: `${layer}.attention.weight`, from: `${layer}.attn.to_qkv.weight`, transpose: true },
    { name: `${layer}.attention.project.weight`, from: `${layer}.attn.to_out.0.weight`, transpose: true },
    { name: `${layer}.attention.project.bias`, from: `${layer}.attn.to_out.0.bias` },
    { name: `${layer}.attention.along`, from: `${layer}.attn.res_conv.weight` },
  ];
}

function both(ours: string, theirs: string): KeySource[] {
  return ["weight", "bias"].map((part) => ({ name: `${ours}.${part}`, from: `${theirs}.${part}` }));
}

/** The original answers the first two; the rest are ours, under the names that other codes give them. */
function answers({ scored }: Assembled): Record<string, Tensor> {
  return {
    ...classAnswers(scored.scores),
    ...embeddingAnswers(scored.embedding),
    ...aliased({ "A attention": scored.shares }),
  };
}
