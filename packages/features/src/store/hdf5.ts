/**
 * The HDF5 library (h5wasm, WebAssembly) as three small verbs on bytes in memory. Files are read and written by the caller, so that
 * a full disk or a missing permission is the operating system's own error. Loaded on first use: it takes a tenth of a second.
 */
import { FailureError, isFailureError, raise } from "@nacre/core";
import { widenFloat16 } from "@nacre/graph";
import type { Dataset, File, Group } from "h5wasm";

type Library = typeof import("h5wasm");
let loading: Promise<Library> | null = null;
let opened: Library | null = null;
let serial = 0;

async function library(): Promise<Library> {
  loading ??= import("h5wasm").then(async (module) => {
    await module.ready;
    // Else the C library prints its error stack to stderr and returns null handles.
    module.Module.activate_throwing_error_handler();
    opened = module;
    return module;
  });
  return loading;
}

/** No HDF5 file is shorter: what its first block takes. */
const SUPERBLOCK = 96;

/** An open file. Valid only inside the callback that received it. */
export type Hdf5 = File;

/**
 * Bytes of a new HDF5 file filled by `fill`, which must be synchronous. The same content gives the same bytes: the library
 * stamps objects with the time, so the clock stands still while it writes.
 */
export async function composeHdf5(fill: (file: Hdf5) => void): Promise<Uint8Array> {
  const { File, FS } = await library();
  const path = `/write-${serial++}.h5`;
  const now = Date.now;
  Date.now = () => 0;
  try {
    const file = new File(path, "w");
    try {
      fill(file);
    } finally {
      file.close();
    }
    return (FS as NonNullable<typeof FS>).readFile(path) as Uint8Array;
  } finally {
    Date.now = now;
    removeIfThere(FS, path);
  }
}

/** What `read` finds in the bytes of an HDF5 file. Throws FailureError `truncated-file` or `bad-features`. */
export async function parseHdf5<T>(bytes: Uint8Array, where: string, read: (file: Hdf5) => T): Promise<T> {
  if (!hasSignature(bytes)) {
    raise("bad-features", {
      expected: `an HDF5 file at ${where}`,
      received: "bytes that do not begin like one",
      remedy: "check that the path names a feature file",
    });
  }
  const { File, FS } = await library();
  if (bytes.length < SUPERBLOCK) raise("truncated-file", endsEarly(where));
  const path = `/read-${serial++}.h5`;
  try {
    (FS as NonNullable<typeof FS>).writeFile(path, bytes, { canOwn: true } as never);
    const file = openOrRaise(() => new File(path, "r"), where);
    try {
      return read(file);
    } catch (error) {
      throw isFailureError(error) ? error : unreadable(error, where);
    } finally {
      file.close();
    }
  } finally {
    removeIfThere(FS, path);
  }
}

function hasSignature(bytes: Uint8Array): boolean {
  return [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, i) => bytes[i] === byte);
}

function openOrRaise(open: () => File, where: string): File {
  try {
    return open();
  } catch (error) {
    const text = String(error instanceof Error ? error.message : error);
    if (/truncated|end of file|eof/i.test(text)) return raise("truncated-file", endsEarly(where));
    return raise("bad-features", { ...endsEarly(where), received: "one that cannot be opened" });
  }
}

/** What the library says about a file that opened but is broken inside. */
function unreadable(error: unknown, where: string): FailureError {
  const text = String(error instanceof Error ? error.message : error);
  // The library prints its stack of calls; the innermost says what is wrong.
  const received = [...text.matchAll(/\(\): (.+)$/gm)].at(-1)?.[1] ?? text.split("\n")[0] ?? "";
  const expected = `an undamaged HDF5 file at ${where}`;
  const remedy = "copy it again, or encode the slide again";
  return new FailureError({ kind: "bad-features", expected, received, remedy }, { cause: error });
}

function endsEarly(where: string) {
  return {
    expected: `a whole HDF5 file at ${where}`,
    received: "one that ends early",
    remedy: "copy it again, or encode the slide again",
  };
}

function removeIfThere(FS: Library["FS"], path: string): void {
  if (FS?.analyzePath(path).exists) FS.unlink(path);
}

/** The names in the root group. */
export function namesIn(file: Hdf5): readonly string[] {
  return file.keys();
}

/** A dataset by name, null when it is absent or something else. */
export function datasetOf(file: Hdf5, name: string): Dataset | null {
  if (!file.keys().includes(name)) return null;
  const entity = file.get(name);
  return entity !== null && "dtype" in entity && "shape" in entity ? (entity as Dataset) : null;
}

/** Bytes an element, kind and order, as the library names them: "<f4", "<f", ">q", ... */
export function dtypeOf(dataset: Dataset): string {
  return typeof dataset.dtype === "string" ? dataset.dtype : "compound";
}

/** All values. 64-bit integers and small ones become float64, float16 becomes float32. @throws TypeError for what is not a number */
export function numbersOf(dataset: Dataset): Float32Array | Float64Array | Int32Array {
  const dtype = dtypeOf(dataset);
  if (/^[<>]?e$/.test(dtype)) return widenFloat16(rawBytes(dataset));
  if (!/^[<>|]?[bhiqdf]$/i.test(dtype)) throw new TypeError(`expected numbers, received ${dtype}`);
  const value = dataset.value;
  if (value instanceof Float32Array || value instanceof Float64Array || value instanceof Int32Array) return value;
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return Float64Array.from(value, Number);
  if (ArrayBuffer.isView(value)) return Float64Array.from(value as Uint8Array);
  throw new TypeError(`expected an array of numbers, received ${typeof value}`);
}

/** The library reads float16 but has no array for it: the bytes are taken from its memory. They are little-endian always. */
function rawBytes(dataset: Dataset): Uint8Array {
  const { Module } = opened as Library;
  const length = dataset.metadata.size * dataset.metadata.total_size;
  const at = Module._malloc(length);
  if (at === 0) throw new RangeError(`expected ${length} bytes of memory, received none: read the file in parts`);
  try {
    Module.get_dataset_data(dataset.file_id, dataset.path, null, null, null, BigInt(at));
    return Module.HEAPU8.slice(at, at + length);
  } finally {
    Module._free(at);
  }
}

/** Attributes of a file or dataset as text and numbers; 64-bit integers become numbers. */
export function attributesOf(entity: Dataset | Group | File): Readonly<Record<string, string | number>> {
  const found: Record<string, string | number> = {};
  for (const [name, attribute] of Object.entries(entity.attrs)) {
    const value = attribute.value;
    const first = ArrayBuffer.isView(value) || Array.isArray(value) ? (value as ArrayLike<unknown>)[0] : value;
    if (typeof first === "string" || typeof first === "number") found[name] = first;
    else if (typeof first === "bigint") found[name] = Number(first);
  }
  return found;
}
