/**
 * The imports that a PyTorch file may name, and the data each one stands for: dictionaries, tensors, sizes, number types, numpy
 * scalars, and the settings of a training script (argparse.Namespace), which become a dictionary. Any other name is refused before anything else of the pickle is read, whatever it is used for. The argument lists are
 * those of torch/_utils.py (BSD-3-Clause) as documented by the files themselves.
 */
import { broken } from "../broken.ts";
import { ELEMENT_TYPES, type ElementType, elementSize, elementsByName, numberAt, swapped } from "../element.ts";
import { NUMPY_TYPES } from "../numpy/numpy-type.ts";
import { isDictionary, isTuple, type PickleHost } from "../pickle/unpickle.ts";
import { type Dictionary, type Global, type NumpyType, nameOf, type Pickled, type Storage } from "../pickle/value.ts";

type Call = (args: readonly Pickled[], where: string) => Pickled;

const STORAGE_NAMES = elementsByName({
  ...{ Float: "float32", Double: "float64", Half: "float16", BFloat16: "bfloat16" },
  ...{ Long: "int64", Int: "int32", Short: "int16", Char: "int8", Byte: "uint8", Bool: "bool" },
});
const STORAGES: ReadonlyMap<string, ElementType> = new Map(
  ["torch", "torch.cuda", "torch.storage"].flatMap((module) =>
    [...STORAGE_NAMES].map(([name, type]) => [`${module}.${name}Storage`, type] as const),
  ),
);
const UNTYPED = elementsByName({ "torch.storage.UntypedStorage": "uint8", "torch.UntypedStorage": "uint8" });
const DTYPES = elementsByName(Object.fromEntries(ELEMENT_TYPES.map((type) => [`torch.${type}`, type])));
const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["collections.OrderedDict", orderedDictionary],
  [
    "torch._utils._rebuild_tensor",
    ([storage, offset, shape, strides], where) => tensor({ storage, offset, shape, strides }, where),
  ],
  [
    "torch._utils._rebuild_tensor_v2",
    ([storage, offset, shape, strides], where) => tensor({ storage, offset, shape, strides }, where),
  ],
  [
    "torch._utils._rebuild_tensor_v3",
    ([storage, offset, shape, strides, , , dtype], where) => tensor({ storage, offset, shape, strides, dtype }, where),
  ],
  ["torch._utils._rebuild_parameter", ([data], where) => parameter(data, where)],
  ["torch._utils._rebuild_parameter_with_state", ([data], where) => parameter(data, where)],
  ["torch.Size", ([items], where) => (isTuple(items) ? items : wrong("a size as a tuple", items, where))],
  ["torch.device", (args) => args.map((a) => String(a)).join(":")],
  ["numpy.dtype", numpyType],
  ["numpy.core.multiarray.scalar", numpyScalar],
  ["numpy._core.multiarray.scalar", numpyScalar],
  ["_codecs.encode", encodedText],
  ...["pathlib.PosixPath", "pathlib.WindowsPath", "pathlib._local.PosixPath", "pathlib._local.WindowsPath"].map(
    (name) => [name, pathText] as const,
  ),
]);
/** Classes of settings that hold names and values and nothing else: read as dictionaries. */
const SETTINGS: ReadonlySet<string> = new Set(["argparse.Namespace", "types.SimpleNamespace"]);

/** The element type that a storage or a dtype of torch names, if it is one. */
export function elementTypeOf(value: Pickled | undefined): ElementType | null {
  if (!isGlobal(value)) return null;
  return STORAGES.get(value.name) ?? UNTYPED.get(value.name) ?? DTYPES.get(value.name) ?? null;
}

/** What names mean in a pickle of torch; `persistent` resolves storages. */
export function torchHost(where: string, persistent: (id: readonly Pickled[]) => Storage): PickleHost {
  return {
    global: (name) => {
      if ([CALLS, STORAGES, UNTYPED, DTYPES, SETTINGS].some((known) => known.has(name)))
        return { kind: "global", name };
      return refuse(name, where);
    },
    call: (callee, args) => {
      if (isSettings(callee)) return settings(args, where);
      const run = isGlobal(callee) ? CALLS.get(callee.name) : undefined;
      return run === undefined ? wrong("a call that builds a tensor", callee, where) : run(args, where);
    },
    create: (type, args) =>
      isSettings(type) ? settings(args, where) : wrong("a class of plain settings", type, where),
    build: (object, state) => build(object, state, where),
    persistent: (id) => (isTuple(id) ? persistent(id.items) : wrong("the place of a storage", id, where)),
  };
}

function refuse(name: string, where: string): never {
  return broken(
    `tensors, numbers and texts alone in ${where}`,
    `an import of ${name}`,
    "nothing was run; where you trust the file, load it in Python and save its tensors alone, with " +
      "safetensors.torch.save_file(model.state_dict(), ...) or torch.save(model.state_dict(), ...)",
  );
}

function isGlobal(value: Pickled | undefined): value is Global {
  return value !== null && typeof value === "object" && value.kind === "global";
}

/** A state dict is an ordered dictionary with notes on its versions as state: they change no weight. */
function build(object: Pickled, state: Pickled, where: string): void {
  if (isDictionary(object)) {
    if (object.takesState === true) fill(object, state, where);
    return;
  }
  const isNumpy = object !== null && typeof object === "object" && object.kind === "numpy-type";
  if (!isNumpy) wrong("a dictionary or a number type to give a state", object, where);
  else object.isBigEndian = isTuple(state) && state.items[1] === ">";
}

function isSettings(value: Pickled | undefined): boolean {
  return isGlobal(value) && SETTINGS.has(value.name);
}

function settings(args: readonly Pickled[], where: string): Dictionary {
  if (args.length > 0) wrong("settings without arguments", args[0], where);
  return { kind: "dict", entries: new Map(), takesState: true };
}

function fill({ entries }: Dictionary, state: Pickled, where: string): void {
  if (!isDictionary(state)) wrong("settings as a dictionary", state, where);
  else for (const [name, value] of state.entries) entries.set(name, value);
}

/** A path as its text. */
function pathText(parts: readonly Pickled[], where: string): string {
  const wrongPart = parts.find((part) => typeof part !== "string");
  if (wrongPart !== undefined) wrong("the parts of a path as texts", wrongPart, where);
  return parts.join("/").replace("//", "/");
}

function orderedDictionary(args: readonly Pickled[], where: string): Pickled {
  const [pairs] = args;
  const entries = new Map<Pickled, Pickled>();
  if (pairs === undefined) return { kind: "dict", entries };
  if (pairs === null || typeof pairs !== "object" || pairs.kind !== "list")
    return wrong("pairs as a list", pairs, where);
  for (const pair of pairs.items) {
    const items =
      pair !== null && typeof pair === "object" && (pair.kind === "list" || isTuple(pair)) ? pair.items : [];
    if (items.length !== 2) wrong("a key and a value", pair, where);
    entries.set(items[0] as Pickled, items[1] as Pickled);
  }
  return { kind: "dict", entries };
}

interface TensorArguments {
  readonly storage: Pickled | undefined;
  readonly offset: Pickled | undefined;
  readonly shape: Pickled | undefined;
  readonly strides: Pickled | undefined;
  readonly dtype?: Pickled | undefined;
}

function tensor({ storage, offset, shape, strides, dtype }: TensorArguments, where: string): Pickled {
  if (storage === null || typeof storage !== "object" || storage.kind !== "storage")
    return wrong("a storage", storage, where);
  if (typeof offset !== "number") return wrong("an offset into a storage", offset, where);
  const given = dtype === undefined ? storage.dtype : elementTypeOf(dtype);
  if (given === null) return wrong("a number type", dtype, where);
  return {
    kind: "tensor",
    storage,
    dtype: given,
    // A storage without type counts bytes; the offset counts numbers of the tensor.
    offset: offset + (storage.base * elementSize(storage.dtype)) / elementSize(given),
    shape: integers(shape, where),
    strides: integers(strides, where),
  };
}

function integers(value: Pickled | undefined, where: string): number[] {
  if (!isTuple(value)) return wrong("whole numbers as a tuple", value, where);
  return value.items.map((n) => (typeof n === "number" ? n : wrong("a whole number", n, where)));
}

function parameter(data: Pickled | undefined, where: string): Pickled {
  const isTensor = data !== null && typeof data === "object" && data.kind === "tensor";
  return isTensor ? data : wrong("the tensor of a parameter", data, where);
}

function numpyType([code]: readonly Pickled[], where: string): NumpyType {
  const dtype = typeof code === "string" ? NUMPY_TYPES.get(code.replace(/^[<>|=]/, "")) : undefined;
  return dtype === undefined
    ? wrong("a number type of numpy", code, where)
    : { kind: "numpy-type", dtype, isBigEndian: false };
}

function numpyScalar([type, content]: readonly Pickled[], where: string): Pickled {
  if (type === null || typeof type !== "object" || type.kind !== "numpy-type")
    return wrong("a number type", type, where);
  if (content === null || typeof content !== "object" || content.kind !== "bytes")
    return wrong("bytes of a number", content, where);
  if (content.bytes.length !== elementSize(type.dtype)) return wrong(`the bytes of one ${type.dtype}`, content, where);
  const ordered = type.isBigEndian ? swapped(content.bytes, type.dtype) : content.bytes;
  return numberAt(ordered, type.dtype, 0);
}

/** Protocol 2 has no bytes: they are saved as a text in Latin-1 that is to be encoded again. */
function encodedText([text, encoding]: readonly Pickled[], where: string): Pickled {
  if (typeof text !== "string" || encoding !== "latin1") return wrong("a text in latin1", encoding, where);
  return { kind: "bytes", bytes: Uint8Array.from(text, (c) => c.charCodeAt(0)) };
}

function wrong(expected: string, received: Pickled | undefined, where: string): never {
  return broken(`${expected} in the pickle of ${where}`, nameOf(received));
}
