/**
 * Checkpoints of CHIEF's slide level (Wang 2024, Nature), by their key names: gated attention, and an organ whose vector of text is mapped to
 * the width of the embedding and added. A file without these keys (a head fitted later) has no prompt; one that has the map and not the
 * table of organs wants the vector itself as covariates. The offset of the attention score comes back in `A_raw` alone.
 */
import { raise } from "@nacre/core";
import { add, gemm, type Tensor } from "@nacre/graph";
import { chief } from "../aggregator/chief.ts";
import { attentionLogits, trunk } from "../attention/gated-attention.ts";
import type { Assembled, ModelDesign } from "../train/program.ts";
import { aliased, attentionAnswers, classAnswers, embeddingAnswers } from "./answer.ts";
import type { Checkpoint, KeySource, Original, Tensors } from "./checkpoint.ts";
import { gateKeys, gateOffset } from "./gated.ts";
import { importedDesign, sizesIn } from "./import-checkpoint.ts";

/** With dropout between trunk and gate the gate is the fourth module, else the third. */
const GATES = ["attention_net.3", "attention_net.2"];
const TABLE = "organ_embedding";
const MAP = "text_to_vision.0";

export const chiefCheckpoint: Checkpoint = {
  method: "chief",
  title: "CHIEF, slide level",
  paper: chief.paper,
  design(tensors) {
    const size = sizesIn(tensors, "chief");
    const table = tensors.has(TABLE);
    const hasPrompt = table || tensors.has(`${MAP}.weight`);
    const options = {
      hidden: size("attention_net.0.weight", 0),
      attention: size(
        GATES.map((gate) => `${gate}.attention_a.0.weight`),
        0,
      ),
      ...(hasPrompt ? { prompt: size(`${MAP}.weight`, 1), table } : {}),
    };
    const d = size("attention_net.0.weight", 1);
    const k = size("classifiers.weight", 0);
    return importedDesign({ name: "chief", ...options }, { d, k, covariates: covariatesOf(tensors) }, kindOf(k));
  },
  keys: ({ covariates, options }) => [
    { name: "trunk.weight", from: "attention_net.0.weight", transpose: true },
    { name: "trunk.bias", from: "attention_net.0.bias" },
    ...gateKeys(GATES),
    ...(covariates === 0 ? [] : promptKeys(options.table === true)),
    { name: "head.weight", from: "classifiers.weight", transpose: true },
    { name: "head.bias", from: "classifiers.bias" },
  ],
  ignore: [...gateOffset(GATES), "instance_classifiers.", "instance_loss_fn.", "att_head."],
  beside: ({ organ }, { covariates, options }) =>
    organ === undefined || options.table !== true ? {} : { covariates: chosen(organ, covariates) },
  answers,
};

function promptKeys(hasTable: boolean): KeySource[] {
  return [
    ...(hasTable ? [{ name: "organ.table", from: TABLE }] : []),
    { name: "organ.weight", from: `${MAP}.weight`, transpose: true },
    { name: "organ.bias", from: `${MAP}.bias` },
  ];
}

/** Organs of the table, or numbers of the vector that stands for one. */
function covariatesOf(tensors: Tensors): number {
  return tensors.get(TABLE)?.shape[0] ?? tensors.get(`${MAP}.weight`)?.shape[1] ?? 0;
}

function chosen(organ: number, organs: number): number[] {
  if (Number.isInteger(organ) && organ >= 0 && organ < organs) {
    return Array.from({ length: organs }, (_, o) => (o === organ ? 1 : 0));
  }
  return raise("bad-value", {
    expected: `an organ from 0 to ${organs - 1}, a row of ${TABLE}`,
    received: String(organ),
    remedy: "give the index that the checkpoint was trained with",
  });
}

function kindOf(k: number): "classify" | "multilabel" {
  return k === 1 ? "multilabel" : "classify";
}

function answers({ scored, tiles }: Assembled, _: ModelDesign, original: Original): Record<string, Tensor> {
  const { scope } = original;
  const raw = attentionLogits(scope, trunk(scope, 0), { gated: true }, 0);
  const offset = original.left(gateOffset(GATES));
  return {
    ...classAnswers(scored.scores),
    ...attentionAnswers(scored.shares, offset === null ? raw : add(raw, offset)),
    ...embeddingAnswers(scored.embedding),
    ...aliased({
      "WSI_feature slide_feature": gemm(scored.shares, tiles, { transA: true }),
      WSI_feature_anatomical: scored.embedding,
    }),
  };
}
