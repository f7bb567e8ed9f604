/**
 * PyTorch's files since 1.6: a zip with one pickle, `data.pkl`, and the bytes of every storage as an entry `data/<key>`, all below one
 * folder (caffe2/serialize/inline_container.cc, documented in docs/source/notes/serialization.rst).
 */
import type { WeightArchive } from "../archive.ts";
import { broken } from "../broken.ts";
import { cursorOf } from "../cursor.ts";
import { elementSize } from "../element.ts";
import { unpickle } from "../pickle/unpickle.ts";
import { nameOf, type Pickled, type Storage } from "../pickle/value.ts";
import type { Zip } from "../zip/zip.ts";
import { collect } from "./collect.ts";
import { elementTypeOf, torchHost } from "./globals.ts";

const PICKLE = "data.pkl";

/** The folder of a torch file with its closing slash, or null where the zip is none. */
export function torchFolder(zip: Zip): string | null {
  const name = zip.names.find((n) => n === PICKLE || n.endsWith(`/${PICKLE}`));
  return name === undefined ? null : name.slice(0, name.length - PICKLE.length);
}

/** @throws FailureError truncated-file, bad-weights, unsupported-format */
export function readTorchZip(zip: Zip, folder: string, where: string): WeightArchive {
  const pickle = zip.bytesOf(folder + PICKLE) ?? broken(`a pickle in ${where}`, "none");
  const root = unpickle(
    cursorOf(pickle, `${PICKLE} of ${where}`),
    torchHost(where, (id) => storageOf(id, where)),
  );
  const opened = new Map<string, Uint8Array>();
  const bytesOf = (storage: Storage): Uint8Array => {
    const known = opened.get(storage.key);
    const bytes =
      known ?? zip.bytesOf(`${folder}data/${storage.key}`) ?? broken(`storage ${storage.key} in ${where}`, "none");
    if (storage.count * elementSize(storage.dtype) > bytes.length) {
      broken(
        `${storage.count} numbers of ${storage.dtype} in storage ${storage.key} of ${where}`,
        `${bytes.length} bytes`,
      );
    }
    opened.set(storage.key, bytes);
    return bytes;
  };
  const isBigEndian = textOf(zip.bytesOf(`${folder}byteorder`)) === "big";
  return {
    format: "torch-zip",
    ...collect({ root, length: pickle.length }, { bytesOf: (t) => bytesOf(t.storage), isBigEndian }, where),
  };
}

/** ("storage", type, key, device, count) */
function storageOf([tag, type, key, , count]: readonly Pickled[], where: string): Storage {
  const dtype = elementTypeOf(type);
  if (tag !== "storage" || dtype === null || typeof key !== "string" || typeof count !== "number") {
    return broken(`the place of a storage in ${where}`, [tag, type, key, count].map(nameOf).join(", "));
  }
  return { kind: "storage", key, dtype, count, base: 0 };
}

function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? "" : new TextDecoder().decode(bytes);
}
