/**
 * What a checkpoint holds, flattened: tensors by dotted name, numbers and texts beside them, and the names of the dictionaries
 * between. A pickle can hold one list inside itself or ten times in ten others, so depth and visits are counted.
 */
import type { WeightTensor } from "../archive.ts";
import { ONLY_TENSOR } from "../archive.ts";
import { broken, unsupported } from "../broken.ts";
import { nameOf, type Pickled, type StoredTensor } from "../pickle/value.ts";
import { windowOn } from "../strided.ts";

const DEEPEST = 64;
/** A value takes a byte at least; what is shared is seen more often. */
const VISITS_A_BYTE = 4;
const FREE_VISITS = 10_000;

export interface Collected {
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  readonly groups: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StorageBytes {
  /** The bytes behind a tensor. @throws FailureError where the file has none */
  readonly bytesOf: (tensor: StoredTensor) => Uint8Array;
  readonly isBigEndian: boolean;
}

interface Walk {
  readonly where: string;
  readonly storages: StorageBytes;
  readonly tensors: Map<string, WeightTensor>;
  readonly groups: string[];
  readonly metadata: [string, string][];
  /** How many values may still be seen. */
  left: number;
}

/** What a pickle gave, and how many bytes it took. */
export interface Unpickled {
  readonly root: Pickled;
  readonly length: number;
}

/** All tensors under `root`. @throws FailureError bad-weights, unsupported-format (no tensor inside) */
export function collect({ root, length }: Unpickled, storages: StorageBytes, where: string): Collected {
  const left = FREE_VISITS + VISITS_A_BYTE * length;
  const walk: Walk = { where, storages, tensors: new Map(), groups: [], metadata: [], left };
  visit(walk, root, "", 0);
  if (walk.tensors.size === 0) {
    unsupported(
      `tensors in ${where}`,
      `${nameOf(root)} without any`,
      "give the checkpoint with the model's state dict",
    );
  }
  return { tensors: walk.tensors, groups: walk.groups, metadata: Object.fromEntries(walk.metadata) };
}

/** How many tensors lie below: a dictionary without any is no group. */
function visit(walk: Walk, value: Pickled, name: string, depth: number): number {
  if (walk.left-- === 0)
    broken(`fewer values in ${walk.where} than it has bytes`, "lists that hold each other many times");
  if (depth > DEEPEST)
    broken(`at most ${DEEPEST} levels of lists in ${walk.where}`, `more, at "${name.slice(0, 60)}..."`);
  if (value === null || typeof value !== "object") return note(walk, name, String(value));
  switch (value.kind) {
    case "tensor":
      return add(walk, name === "" ? ONLY_TENSOR : name, value);
    case "dict":
      return visitDictionary(walk, value.entries, name, depth);
    case "list":
    case "tuple":
      return value.items.reduce<number>((n, item, i) => n + visit(walk, item, joined(name, String(i)), depth + 1), 0);
    case "global":
      return note(walk, name, value.name);
    default:
      return 0;
  }
}

function visitDictionary(walk: Walk, entries: ReadonlyMap<Pickled, Pickled>, name: string, depth: number): number {
  const place = walk.groups.length;
  let found = 0;
  for (const [key, value] of entries) {
    if (typeof key !== "string" && typeof key !== "number") {
      broken(`names and numbers as keys in ${walk.where}`, `${nameOf(key)} in "${name}"`);
    }
    found += visit(walk, value, joined(name, String(key)), depth + 1);
  }
  if (found > 0 && name !== "") walk.groups.splice(place, 0, name);
  return found;
}

function note(walk: Walk, name: string, text: string): number {
  if (name !== "") walk.metadata.push([name, text]);
  return 0;
}

function add(walk: Walk, name: string, tensor: StoredTensor): number {
  const { tensors, storages, where } = walk;
  if (tensors.has(name)) broken(`one tensor named "${name}" in ${where}`, "two");
  const { isBigEndian, bytesOf } = storages;
  tensors.set(name, windowOn(bytesOf(tensor), { ...tensor, isBigEndian }, `"${name}" of ${where}`));
  return 1;
}

function joined(parent: string, name: string): string {
  return parent === "" ? name : `${parent}.${name}`;
}
