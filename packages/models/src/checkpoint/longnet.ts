/**
 * Checkpoints of the slide encoder of Prov-GigaPath (Xu 2024), by the key names of its code (`{"model": ...}` around them), alone or below
 * `slide_encoder.` beside a fine-tuned `classifier.0`. Without that head the model has two scores of zero, and its embedding is what counts.
 * From config: `segment_length`, `dilated_ratio`, `heads`, `slide_ngrids`, `tile_size`, `global_pool`; `feat_layer` pools that layer (11
 * is usual) instead of what leaves the encoder. The imported model sorts its tiles; `answers` keeps the order of the file, as the original does.
 */
import { raise } from "@nacre/core";
import { concat, mean, slice, type Tensor, type WeightTensor } from "@nacre/graph";
import { longnet, longnetStates } from "../aggregator/longnet.ts";
import { PUBLISHED_BRANCHES } from "../longnet/config.ts";
import { normed } from "../longnet/encoder.ts";
import type { LongnetOptions } from "../longnet/options.ts";
import { outerNorm } from "../longnet/pooling.ts";
import type { Assembled, ModelDesign } from "../train/program.ts";
import { classAnswers } from "./answer.ts";
import type { Beside, BesideFeeds, Checkpoint, CheckpointConfig, KeySource, Original, Tensors } from "./checkpoint.ts";
import { flagIn, numberIn } from "./config.ts";
import { importedDesign, sizesIn } from "./import-checkpoint.ts";

const LAYER = /^encoder\.layers\.(\d+)\.(.+)$/;

/** Parts of a layer: ours, theirs, and whether it is a matrix. */
const PARTS: readonly (readonly [ours: string, theirs: string, isMap: boolean])[] = [
  ["attention.norm", "self_attn_layer_norm", false],
  ["query", "self_attn.q_proj", true],
  ["key", "self_attn.k_proj", true],
  ["value", "self_attn.v_proj", true],
  ["inner.norm", "self_attn.inner_attn_ln", false],
  ["out", "self_attn.out_proj", true],
  ["forward.norm", "final_layer_norm", false],
  ["first", "ffn.fc1", true],
  ["middle.norm", "ffn.ffn_layernorm", false],
  ["second", "ffn.fc2", true],
];

export const longnetCheckpoint: Checkpoint = {
  method: "longnet",
  title: "Slide encoder of Prov-GigaPath",
  paper: longnet.paper,
  rearrange: withHead,
  design,
  keys: ({ options }) => keysOf(options as LongnetOptions), // the options that `design` chose
  ignore: ["pos_embed", "encoder.layers.", "encoder.layer_norm."],
  notes: (file) =>
    [...file.keys()].some((key) => key.endsWith("classifier.0.weight"))
      ? []
      : ["the file holds no classifier: its scores are zero and its probabilities even; what counts is the embedding"],
  beside: placesIn,
  answers,
};

/** The encoder's arrays without their prefix, the class token as a row (it comes as [1, 1, width] or [width]), and a head. */
function withHead(tensors: Tensors): Tensors {
  const prefix = "slide_encoder.";
  const own = new Map([...tensors].map(([key, t]) => [key.startsWith(prefix) ? key.slice(prefix.length) : key, t]));
  const width = own.get("norm.weight")?.shape[0] ?? 0;
  const token = own.get("cls_token");
  if (token?.shape.at(-1) === width)
    own.set("cls_token", { ...token, shape: [1, width], values: () => token.values() });
  if (!own.has("classifier.0.weight")) {
    own.set("classifier.0.weight", zeros([2, width]));
    own.set("classifier.0.bias", zeros([2]));
  }
  return own;
}

function zeros(shape: readonly number[]): WeightTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, dtype: "float32", values: () => new Float32Array(size) };
}

function design(tensors: Tensors, config: CheckpointConfig): ModelDesign {
  const size = sizesIn(tensors, "longnet");
  const layers = layersIn(tensors);
  const layer = numberIn(config, ["feat_layer", "layer"], 0);
  if (layer < 0 || layer > layers || !Number.isInteger(layer)) {
    raise("bad-usage", {
      expected: `feat_layer from 1 to ${layers}`,
      received: String(layer),
      remedy: "name one layer, or leave it out for what leaves the encoder",
    });
  }
  const options = {
    width: size("patch_embed.proj.weight", 0),
    ffn: size("encoder.layers.0.ffn.fc1.weight", 0),
    heads: numberIn(config, ["heads", "num_heads"], 16),
    layers,
    ...(layer === 0 ? { lastNorm: true } : { layer }),
    classToken: !flagIn(config, ["global_pool"], true),
    grid: numberIn(config, ["slide_ngrids"], 1000),
    maskPadding: flagIn(config, ["maskPadding"], false),
    sorted: flagIn(config, ["sorted"], true),
    ...branchesIn(config),
    dropPath: 0,
  };
  const sizes = { d: size("patch_embed.proj.weight", 1), k: size("classifier.0.weight", 0) };
  return importedDesign({ name: "longnet", ...options }, sizes);
}

/** Number of layers. A layer may not have arrays that this encoder lacks. */
function layersIn(tensors: Tensors): number {
  const known = new Set(PARTS.flatMap(([, theirs]) => [`${theirs}.weight`, `${theirs}.bias`]));
  const inLayers = [...tensors.keys()].flatMap((key) => [LAYER.exec(key) ?? []].filter((parts) => parts.length > 0));
  const strange = inLayers.filter(([, , part = ""]) => !known.has(part));
  if (strange.length > 0 || inLayers.length === 0) {
    raise("bad-weights", {
      expected: `layers of longnet, each with ${PARTS.map(([, theirs]) => theirs).join(", ")}`,
      received:
        strange
          .slice(0, 8)
          .map(([key]) => key)
          .join(", ") || "no encoder.layers",
      remedy: "check that the file is a checkpoint of this slide encoder",
    });
  }
  return 1 + Math.max(...inLayers.map(([, layer]) => Number(layer)));
}

function branchesIn(config: CheckpointConfig): Record<string, number> {
  const segments = listIn(config, "segment_length") ?? PUBLISHED_BRANCHES.map(({ segment }) => segment);
  const ratios = listIn(config, "dilated_ratio") ?? PUBLISHED_BRANCHES.map(({ ratio }) => ratio);
  if (segments.length !== ratios.length || segments.length > 5 || segments.length === 0) {
    raise("bad-usage", {
      expected: "as many segment_length as dilated_ratio, 1 to 5",
      received: `${segments.length} and ${ratios.length}`,
      remedy: "give the lists the checkpoint was trained with",
    });
  }
  return Object.fromEntries(
    [0, 1, 2, 3, 4].flatMap((i) => [
      [`segment${i + 1}`, segments[i] ?? 0],
      [`ratio${i + 1}`, ratios[i] ?? 1],
    ]),
  );
}

function listIn(config: CheckpointConfig, name: string): readonly number[] | null {
  const value = config[name];
  if (value === undefined) return null;
  if (Array.isArray(value) && value.every((v) => Number.isInteger(v) && v > 0)) return value;
  return raise("bad-usage", {
    expected: `whole numbers above 0 for ${name} in the config`,
    received: JSON.stringify(value),
    remedy: "correct it, or leave it out for the published ones",
  });
}

function keysOf(options: LongnetOptions): KeySource[] {
  const pair = (name: string, from: string, isMap: boolean): KeySource[] => [
    { name: `${name}.weight`, from: `${from}.weight`, ...(isMap ? { transpose: true } : {}) },
    { name: `${name}.bias`, from: `${from}.bias` },
  ];
  const used = options.lastNorm ? options.layers : options.layer;
  return [
    ...pair("embed", "patch_embed.proj", true),
    { name: "class", from: "cls_token" },
    ...Array.from({ length: used }, (_, i) =>
      PARTS.flatMap(([ours, theirs, isMap]) => pair(`layers.${i}.${ours}`, `encoder.layers.${i}.${theirs}`, isMap)),
    ).flat(),
    ...(options.lastNorm ? pair("last.norm", "encoder.layer_norm", false) : []),
    ...pair("outer.norm", "norm", false),
    ...pair("head", "classifier.0", true),
  ];
}

/** Column and row of each tile. A tile beyond the grid of positions fails here, where its name is known. */
function placesIn({ coords }: Beside, { options }: ModelDesign, config: CheckpointConfig): BesideFeeds {
  if (coords === undefined) return {};
  const side = numberIn(config, ["tile_size"], 256);
  const grid = Number(options.grid);
  const places = coords.flatMap(([x = 0, y = 0]) => [Math.floor(x / side), Math.floor(y / side)]);
  const outside = places.findIndex((place) => !(place >= 0 && place < grid));
  if (outside < 0) return { places: Float32Array.from(places) };
  const tile = Math.floor(outside / 2);
  return raise("out-of-bounds", {
    expected: `tiles within ${grid} columns and rows of ${side} pixels`,
    received: `tile ${tile} at x ${coords[tile]?.[0]}, y ${coords[tile]?.[1]}`,
    remedy: "tile the slide at a lower magnification, or give the tile_size in level-0 pixels",
  });
}

/** Pooled states of every layer, [layers + 1, width], and what leaves the encoder, [1, width], by mean and by class token. */
function answers({ scored }: Assembled, { options }: ModelDesign, { scope }: Original): Record<string, Tensor> {
  const given = { ...(options as LongnetOptions), sorted: false }; // the options that `design` chose
  const { states } = longnetStates(scope, given);
  const byMean = (state: Tensor): Tensor =>
    outerNorm(mean(slice(state, { axis: 0, start: 1, dim: "n" }), { axes: [0], keep: true }), scope);
  const byClass = (state: Tensor): Tensor => outerNorm(slice(state, { axis: 0, start: 0, end: 1, dim: 1 }), scope);
  const all = {
    ...classAnswers(scored.scores),
    embedding: scored.embedding,
    hidden_states_global_pool: concat(states.map(byMean), 0),
    hidden_states_cls: concat(states.map(byClass), 0),
  };
  if (!given.lastNorm) return all;
  const out = normed(states[states.length - 1] as Tensor, "last.norm", scope);
  return { ...all, encoder_out_global_pool: byMean(out), encoder_out_cls: byClass(out) };
}
