/**
 * The weights of any file, told apart by what the file holds and not by its name: checkpoints of PyTorch in both dialects,
 * safetensors, numpy and ONNX. Nothing in a file is ever run. Bytes are checked whole here, so that a broken file is a failure now
 * and not a strange number later.
 */
import type { Outcome } from "@nacre/core";
import { readModelMetadata } from "../model/read.ts";
import type { WeightArchive } from "./archive.ts";
import { endsEarly, reading, unsupported } from "./broken.ts";
import { isNpy, isNpz, readNpy, readNpz } from "./numpy/npy.ts";
import { readOnnx } from "./onnx.ts";
import { isSafetensors, readSafetensors } from "./safetensors.ts";
import { isPickle, readTorchLegacy } from "./torch/torch-legacy.ts";
import { readTorchZip, torchFolder } from "./torch/torch-zip.ts";
import { isZip, openZip } from "./zip/zip.ts";

/** Files that are given by mistake, by how they begin, and what to do with them. */
const OTHERS: readonly { readonly starts: readonly number[]; readonly what: string; readonly remedy: string }[] = [
  {
    starts: [0x89, 0x48, 0x44, 0x46],
    what: "an HDF5 file",
    remedy: "read features as a bag, or save weights as safetensors",
  },
  { starts: [0x1f, 0x8b], what: "a gzip file", remedy: "unpack it first" },
  { starts: [0x3c], what: "a web page", remedy: "download the file itself, signed in where the source asks for it" },
  {
    starts: [0x76, 0x65, 0x72, 0x73, 0x69, 0x6f, 0x6e, 0x20],
    what: "a pointer to a large file in git",
    remedy: "run git lfs pull",
  },
];

/**
 * Reads the weights in `bytes`; `name` names the file in messages.
 * Failures: truncated-file, bad-weights, bad-model (a broken ONNX file), unsupported-format
 */
export function readWeights(bytes: Uint8Array, name: string): Outcome<WeightArchive> {
  return reading(() => {
    if (bytes.length === 0) endsEarly(`weights in ${name}`, "0 bytes");
    // First: the length of its header may begin with any bytes, those of a pickle or a zip among them.
    if (isSafetensors(bytes)) return readSafetensors(bytes, name);
    if (isZip(bytes)) return readZip(bytes, name);
    if (isNpy(bytes)) return readNpy(bytes, name);
    if (isPickle(bytes)) return readTorchLegacy(bytes, name);
    const other = OTHERS.find(({ starts }) => starts.every((byte, i) => bytes[i] === byte));
    if (other === undefined && readModelMetadata(bytes).ok) return readOnnx(bytes, name);
    return unsupported(
      `weights of PyTorch, safetensors, numpy or ONNX in ${name}`,
      other?.what ?? "bytes that begin like none of them",
      other?.remedy ?? "save the weights as safetensors, and check that the file was copied whole",
    );
  });
}

function readZip(bytes: Uint8Array, name: string): WeightArchive {
  const zip = openZip(bytes, name);
  const folder = torchFolder(zip);
  if (folder !== null) return readTorchZip(zip, folder, name);
  if (isNpz(zip)) return readNpz(zip, name);
  const some = zip.names.slice(0, 3).join(", ");
  return unsupported(
    `a zip of PyTorch or numpy in ${name}`,
    some === "" ? "an empty one" : `one with ${some}`,
    "give the file of weights itself",
  );
}
