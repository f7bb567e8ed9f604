/**
 * The weights of one model inside a checkpoint: training code wraps them in dictionaries ("model", "state_dict"), and wrappers of
 * models put their own name before every key ("module.", of data parallelism).
 */
import { fail, type Outcome, ok } from "@nacre/core";
import type { WeightArchive, WeightTensor } from "./archive.ts";

/** Dictionaries that hold a model's weights, the likeliest first. */
const GROUPS = ["state_dict", "model_state_dict", "model", "net", "network", "weights", "params"] as const;
const PREFIXES = ["module.", "model.", "_orig_mod.", "net.", "network."] as const;

export interface StateDict {
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** What was taken off every name, in order: groups entered, then prefixes. Empty: the names are the file's. */
  readonly stripped: readonly string[];
}

export interface UnwrapOptions {
  /** Dotted name of the dictionary to take, where the file holds several models. */
  readonly group?: string;
}

/**
 * Enters the dictionaries around the weights, then strips a known prefix that every name has. Tensors outside (an optimiser's, an
 * epoch) are left behind. Failures: bad-weights where no dictionary, or more than one, could be the model's.
 */
export function unwrapStateDict(archive: WeightArchive, { group }: UnwrapOptions = {}): Outcome<StateDict> {
  const entered = group === undefined ? enter(archive, "") : chosen(archive, group);
  if (!entered.ok) return entered;
  let tensors = below(archive.tensors, entered.value);
  const stripped = entered.value === "" ? [] : [entered.value];
  for (let prefix = common(tensors); prefix !== null; prefix = common(tensors)) {
    tensors = below(tensors, prefix);
    stripped.push(prefix);
  }
  return ok({ tensors, stripped });
}

function chosen(archive: WeightArchive, group: string): Outcome<string> {
  if (archive.groups.includes(group)) return ok(`${group}.`);
  return fail("bad-weights", {
    expected: `a dictionary of tensors named "${group}"`,
    received: archive.groups.slice(0, 10).join(", ") || "no dictionaries",
    remedy: "name one of those",
  });
}

/** The prefix of the innermost dictionary that holds the model, with its closing dot. */
function enter(archive: WeightArchive, outer: string): Outcome<string> {
  const children = archive.groups.filter((g) => g.startsWith(outer) && !g.slice(outer.length).includes("."));
  const known = GROUPS.map((name) => outer + name).find((name) => children.includes(name));
  if (known !== undefined) return enter(archive, `${known}.`);
  const isLoose = [...archive.tensors.keys()].some(
    (name) => name.startsWith(outer) && !children.some((child) => name.startsWith(`${child}.`)),
  );
  if (isLoose || children.length === 0) return ok(outer);
  const [only] = children;
  if (children.length === 1) return enter(archive, `${only}.`);
  return fail("bad-weights", {
    expected: `one dictionary with the weights of a model, named ${GROUPS.join(", ")}`,
    received: children.slice(0, 10).join(", "),
    remedy: "say which of them to take",
  });
}

function below(tensors: ReadonlyMap<string, WeightTensor>, prefix: string): ReadonlyMap<string, WeightTensor> {
  if (prefix === "") return tensors;
  const inside = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(inside.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function common(tensors: ReadonlyMap<string, WeightTensor>): string | null {
  const names = [...tensors.keys()];
  return (
    PREFIXES.find((prefix) => names.every((name) => name.length > prefix.length && name.startsWith(prefix))) ?? null
  );
}
