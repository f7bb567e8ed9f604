/**
 * Checkpoints of TOAD (Lu 2021, Nature), by their key names: attention with a branch for the origin and one for the site of a tumour (primary or
 * metastatic), each with a classifier that reads its branch and, behind it, the sex. Ours keep the scores of both together. The offset
 * of the attention score, which the softmax does not see, comes back in `A_raw` alone.
 */
import { type MultitaskTask, raise, unwrap } from "@nacre/core";
import { add, concat, slice, type Tensor, type WeightTensor } from "@nacre/graph";
import { chooseAggregator } from "../aggregator/registry.ts";
import { deepTrunk, toad } from "../aggregator/toad.ts";
import { attentionLogits } from "../attention/gated-attention.ts";
import { PLAIN_LOSS } from "../head/head.ts";
import { headOf } from "../head/registry.ts";
import type { Assembled, ModelDesign } from "../train/program.ts";
import { identityStandardisation } from "../train/standardise.ts";
import { aliased, attentionAnswers, classAnswers } from "./answer.ts";
import type { Checkpoint, KeySource, Original, Tensors } from "./checkpoint.ts";
import { gateKeys, gateOffset } from "./gated.ts";
import { sizesIn } from "./import-checkpoint.ts";
import { plainFacts } from "./plain-facts.ts";
import { exchanged, joined, made } from "./rearrange.ts";

/** With dropout in the trunk its second layer and the gate are modules 3 and 6, else 2 and 4. */
const SECOND = ["attention_net.3", "attention_net.2"];
const GATES = ["attention_net.6", "attention_net.4"];
const HEADS = ["classifier", "site_classifier"] as const;

export const toadCheckpoint: Checkpoint = {
  method: "toad",
  title: "TOAD, origin and site of a tumour",
  paper: toad.paper,
  rearrange: withOneHead,
  design(tensors) {
    const size = sizesIn(tensors, "toad");
    const hidden = size("attention_net.0.weight", 0);
    const attention = size(
      GATES.map((gate) => `${gate}.attention_a.0.weight`),
      0,
    );
    const task = tasksOf(HEADS.map((head) => size(`${head}.bias`, 0)));
    return {
      ...unwrap(chooseAggregator({ name: "toad", hidden, attention }, 0)),
      task,
      head: headOf(task, plainFacts(task), PLAIN_LOSS),
      d: size("attention_net.0.weight", 1),
      covariates: tensors.has("both.covariate") ? size("both.covariate", 1) : 0,
      standardisation: identityStandardisation(size("attention_net.0.weight", 1)),
    };
  },
  keys: ({ covariates }) => [...KEYS, ...(covariates > 0 ? [BESIDE] : [])],
  ignore: [...gateOffset(GATES), "classifier.bias", "site_classifier.bias"],
  answers,
};

const KEYS: readonly KeySource[] = [
  { name: "trunk.weight", from: "attention_net.0.weight", transpose: true },
  { name: "trunk.bias", from: "attention_net.0.bias" },
  { name: "trunk.second.weight", from: SECOND.map((layer) => `${layer}.weight`), transpose: true },
  { name: "trunk.second.bias", from: SECOND.map((layer) => `${layer}.bias`) },
  ...gateKeys(GATES),
  { name: "head.weight", from: "both.weight", transpose: true },
  { name: "head.bias", from: "both.bias" },
];
const BESIDE: KeySource = { name: "head.covariate", from: "both.covariate", transpose: true };

function tasksOf([origins = 0, sites = 0]: readonly number[]) {
  const classesOf = (k: number): [string, string, ...string[]] => {
    const [first = "0", second = "1", ...rest] = Array.from({ length: k }, (_, c) => String(c));
    return [first, second, ...rest];
  };
  const single = (name: string, weight: number, k: number) => {
    const classes = classesOf(k);
    return { name, weight, task: { kind: "classify", label: name, classes, positive: classes[1] } } as const;
  };
  return {
    kind: "multitask",
    tasks: [single("origin", 0.75, origins), single("site", 0.25, sites)],
  } as const satisfies MultitaskTask;
}

/** The scores of both classifiers as one matrix, and its columns beyond the embedding apart. */
function withOneHead(tensors: Tensors): Tensors {
  const size = sizesIn(tensors, "toad");
  const hidden = size("attention_net.0.bias", 0);
  const [width = 0, other = 0] = HEADS.map((head) => size(`${head}.weight`, 1));
  if (width !== other || width < hidden) {
    raise("bad-weights", {
      expected: `classifiers of one width, at least the ${hidden} of the embedding`,
      received: `${width} and ${other}`,
      remedy: "check that the file is whole and of this method",
    });
  }
  const parts = (leaf: string) => HEADS.flatMap((head) => tensors.get(`${head}.${leaf}`) ?? []);
  const rows = (leaf: string): number => parts(leaf).reduce((sum, { shape: [length = 0] }) => sum + length, 0);
  const both = joined(parts("weight"), [rows("weight"), width]);
  const beside = width === hidden ? [] : ([["both.covariate", columns(both, hidden, width)]] as const);
  return exchanged(
    tensors,
    HEADS.map((head) => `${head}.weight`),
    [["both.weight", columns(both, 0, hidden)], ...beside, ["both.bias", joined(parts("bias"), [rows("bias")])]],
  );
}

/** Some columns of a matrix. */
function columns(tensor: WeightTensor, start: number, end: number): WeightTensor {
  const [rows = 0, width = 0] = tensor.shape;
  return made([rows, end - start], () => {
    const values = tensor.values();
    const cut = new Float32Array(rows * (end - start));
    for (let r = 0; r < rows; r++) {
      cut.set(values.subarray(r * width + start, r * width + end), r * (end - start));
    }
    return cut;
  });
}

function answers({ scored }: Assembled, { head }: ModelDesign, original: Original): Record<string, Tensor> {
  const { scope } = original;
  const [origins = 0] = head.groups;
  const scores = (start: number, end: number): Tensor => slice(scored.scores, { axis: 1, start, end });
  const site = scores(origins, head.k);
  const raw = attentionLogits(scope, deepTrunk(scope, 0), { gated: true }, 0);
  const offset = original.left(gateOffset(GATES));
  const { embedding } = scored;
  const beside = scope.covariates === null ? [] : [concat([scope.covariates, scope.covariates], 0)];
  return {
    ...classAnswers(scores(0, origins)),
    ...renamed(classAnswers(site)),
    ...attentionAnswers(scored.shares, offset === null ? raw : add(raw, offset)),
    ...aliased({
      "M Z embedding embeddings bag_feature": embedding,
      "features feature": concat([embedding, ...beside], 1),
    }),
  };
}

/** The names of the answers on the site: site_logits, site_prob and so on. */
function renamed(found: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [`site_${name.replace("Y_", "")}`, value]));
}
