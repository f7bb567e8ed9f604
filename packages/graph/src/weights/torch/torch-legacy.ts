/**
 * PyTorch's files before 1.6: pickles one behind the other (a magic number, a version, notes on the machine, the object, the keys of
 * its storages), then the storages in that order, each as a count and its numbers, always little-endian (torch/serialization.py).
 */
import type { WeightArchive } from "../archive.ts";
import { broken, unsupported } from "../broken.ts";
import { type Cursor, cursorOf, take, uint64 } from "../cursor.ts";
import { type ElementType, elementSize } from "../element.ts";
import { isTuple, unpickle } from "../pickle/unpickle.ts";
import { nameOf, type Pickled, type Storage } from "../pickle/value.ts";
import { collect } from "./collect.ts";
import { elementTypeOf, torchHost } from "./globals.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;
const PROTO = 0x80;

/** Whether the bytes begin like a binary pickle. */
export function isPickle(bytes: Uint8Array): boolean {
  return bytes[0] === PROTO && (bytes[1] as number) >= 2 && (bytes[1] as number) <= 5;
}

/** @throws FailureError truncated-file, bad-weights, unsupported-format */
export function readTorchLegacy(bytes: Uint8Array, where: string): WeightArchive {
  const types = new Map<string, ElementType>();
  const host = torchHost(where, (id) => {
    const storage = storageOf(id, where);
    types.set(storage.key, storage.dtype);
    return storage;
  });
  const c = cursorOf(bytes, where);
  const first = unpickle(c, host);
  if (first !== MAGIC) {
    unsupported(
      `weights saved by torch in ${where}`,
      `a pickle of ${nameOf(first)}`,
      "save tensors with torch.save, numpy.savez or safetensors",
    );
  }
  const version = unpickle(c, host);
  if (version !== VERSION) broken(`version ${VERSION} of torch's file format in ${where}`, nameOf(version));
  unpickle(c, host);
  const begin = c.at;
  const root = unpickle(c, host);
  const length = c.at - begin;
  const storages = storagesOf(c, unpickle(c, host), types);
  const bytesOf = ({ key }: Storage): Uint8Array => storages.get(key) ?? broken(`storage ${key} in ${where}`, "none");
  return {
    format: "torch-legacy",
    ...collect({ root, length }, { bytesOf: (t) => bytesOf(t.storage), isBigEndian: false }, where),
  };
}

function storagesOf(c: Cursor, keys: Pickled, types: ReadonlyMap<string, ElementType>): Map<string, Uint8Array> {
  if (keys === null || typeof keys !== "object" || keys.kind !== "list")
    return broken(`keys of storages in ${c.where}`, nameOf(keys));
  const storages = new Map<string, Uint8Array>();
  for (const key of keys.items) {
    const type = typeof key === "string" ? types.get(key) : undefined;
    if (type === undefined) return broken(`the key of a known storage in ${c.where}`, nameOf(key));
    storages.set(key as string, take(c, uint64(c) * elementSize(type)));
  }
  return storages;
}

/** ("storage", type, key, device, count, null or (key, offset, count) of a view into it) */
function storageOf([tag, type, key, , count, view]: readonly Pickled[], where: string): Storage {
  const dtype = elementTypeOf(type);
  const base = isTuple(view) ? view.items[1] : 0;
  if (
    tag !== "storage" ||
    dtype === null ||
    typeof key !== "string" ||
    typeof count !== "number" ||
    typeof base !== "number"
  ) {
    return broken(`the place of a storage in ${where}`, [tag, type, key, count].map(nameOf).join(", "));
  }
  return { kind: "storage", key, dtype, count, base };
}
