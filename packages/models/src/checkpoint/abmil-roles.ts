/**
 * Which array of an attention-pooling checkpoint is which. Codes of the method agree on its form and not on names, so arrays are told by
 * what their names end in, and the trunk is the one matrix that is left. The convolutions of the first published code are an
 * encoder of tiles: features are what they hand on.
 */
import { raise } from "@nacre/core";
import type { WeightTensor } from "@nacre/graph";
import type { Tensors } from "./checkpoint.ts";
import { exchanged, joined, made, zeros } from "./rearrange.ts";

/** Beginnings of the names that the arrays have afterwards, each with `.weight` and `.bias`. */
export const ROLES = ["trunk", "V", "U", "w", "classifier"] as const;
export type Role = (typeof ROLES)[number];

const ENDINGS: Readonly<Record<Exclude<Role, "trunk">, RegExp>> = {
  V: /(^|[._])V(\.0)?$|(^|\.)attention_a(\.0)?$|^attention\.0$|(^|\.)attention_net\.[23]\.module\.0$/,
  U: /(^|[._])U(\.0)?$|(^|\.)attention_b(\.0)?$/,
  w: /(^|[._])w(eights)?(\.0)?$|(^|\.)attention_c(\.0)?$|^attention\.[23]$|(^|\.)attention_net\.[23]\.module\.[23]$/,
  classifier: /(^|\.)(classifiers?|classification_head|bag_classifier|head|fc_out)(\.(fc|0|1))?$/,
};

/** The convolutions of an encoder, which features have behind them. */
export const ENCODER = "feature_extractor_part1.";

/** The arrays of our model: in their roles, with a trunk and at least two scores. @throws FailureError bad-weights */
export function inRoles(tensors: Tensors): Tensors {
  return withClasses(withTrunk(byRole(tensors)));
}

/** The file's arrays under the names of their roles; those that have none keep theirs. @throws FailureError bad-weights */
export function byRole(tensors: Tensors): Tensors {
  const stems = [...tensors.keys()]
    .filter((key) => key.endsWith(".weight") && !key.startsWith(ENCODER))
    .map((key) => key.slice(0, -".weight".length));
  const named = new Map<string, Role>();
  for (const stem of stems) {
    const role = ROLES.find((name) => name !== "trunk" && ENDINGS[name].test(stem));
    if (role !== undefined) named.set(stem, role);
  }
  const left = stems.filter((stem) => !named.has(stem));
  const isClassifierNamed = [...named.values()].includes("classifier");
  for (const [i, stem] of left.entries()) {
    named.set(stem, !isClassifierNamed && i > 0 && i === left.length - 1 ? "classifier" : "trunk");
  }
  for (const role of ROLES) {
    const taken = stems.filter((stem) => named.get(stem) === role);
    if (taken.length > 1) oneOf(role, taken);
  }
  return new Map([...tensors].map(([key, tensor]) => [inRole(key, named), tensor]));
}

function inRole(key: string, roles: ReadonlyMap<string, string>): string {
  const end = key.lastIndexOf(".");
  const role = roles.get(key.slice(0, end));
  return role === undefined ? key : `${role}${key.slice(end)}`;
}

function oneOf(role: string, stems: readonly string[]): never {
  return raise("bad-weights", {
    expected: `one layer that can be the ${role} of attention pooling`,
    received: stems.join(" and "),
    remedy: "rename the layers as docs/methods/checkpoints.md says, or take a model with one trunk layer",
  });
}

/** A gate that reads the features themselves is one that reads relu(x) and relu(-x). */
function withTrunk(tensors: Tensors): Tensors {
  const content = tensors.get("V.weight");
  if (tensors.has("trunk.weight") || content === undefined) return tensors;
  const d = content.shape[1] ?? 0;
  const both = made([2 * d, d], () =>
    Float32Array.from({ length: 2 * d * d }, (_, i) => signOf(Math.floor(i / d), i % d, d)),
  );
  const readers = ["V.weight", "U.weight", "classifier.weight"].flatMap((key) => {
    const tensor = tensors.get(key);
    return tensor === undefined ? [] : [[key, mirrored(tensor)] as const];
  });
  const into = [["trunk.weight", both] as const, ["trunk.bias", zeros([2 * d])] as const, ...readers];
  return exchanged(
    tensors,
    readers.map(([key]) => key),
    into,
  );
}

function signOf(row: number, column: number, d: number): number {
  if (row === column) return 1;
  return row === column + d ? -1 : 0;
}

/** [m, d] as [m, 2 d]: the matrix, and its negative beside it. */
function mirrored(tensor: WeightTensor): WeightTensor {
  const [m = 0, d = 0] = tensor.shape;
  return made([m, 2 * d], () => {
    const values = tensor.values();
    return Float32Array.from({ length: 2 * m * d }, (_, i) => {
      const [r, c] = [Math.floor(i / (2 * d)), i % (2 * d)];
      return c < d ? (values[r * d + c] as number) : -(values[r * d + c - d] as number);
    });
  });
}

/** One score with a sigmoid is the second of two, of which the first is 0. */
function withClasses(tensors: Tensors): Tensors {
  const [weight, bias] = [tensors.get("classifier.weight"), tensors.get("classifier.bias")];
  if (weight === undefined || bias === undefined || weight.shape[0] !== 1) return tensors;
  const h = weight.shape[1] ?? 0;
  return exchanged(
    tensors,
    ["classifier.weight", "classifier.bias"],
    [
      ["classifier.weight", joined([zeros([1, h]), weight], [2, h])],
      ["classifier.bias", joined([zeros([1]), bias], [2])],
    ],
  );
}
