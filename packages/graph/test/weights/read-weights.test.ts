import { existsSync, readFileSync } from "node:fs";
import { type Outcome, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { constant, encodeModel, input, matmul, parameter } from "../../src/index.ts";
import {
  bytesField,
  flatten,
  integerField,
  messageField,
  type Rope,
  rope,
  textField,
} from "../../src/model/protobuf.ts";
import { GRAPH, MODEL, TENSOR, VALUE } from "../../src/model/schema.ts";
import { ONLY_TENSOR, type WeightArchive } from "../../src/weights/archive.ts";
import { readWeights } from "../../src/weights/read-weights.ts";
import { expected, goldenFile, hostile } from "./golden.ts";

const real = new URL("../../../../../shared/data/features/prov_normal_000_1.pt", import.meta.url);
const encoder = new URL(
  "../../../../../shared/data/encoders/mobilenet_v2_1.0/mobilenet_v2_1.0_224.onnx",
  import.meta.url,
);

function read(name: string): WeightArchive {
  return unwrap(readWeights(goldenFile(name), name));
}

function failureOf(outcome: Outcome<unknown>): { kind: string; text: string } {
  if (outcome.ok) return { kind: "read", text: "" };
  return { kind: outcome.failure.kind, text: `${outcome.failure.expected}; ${outcome.failure.received}` };
}

function failure(bytes: Uint8Array | string): { kind: string; text: string } {
  return failureOf(typeof bytes === "string" ? readWeights(goldenFile(bytes), bytes) : readWeights(bytes, "a file"));
}

describe("weights", () => {
  it.each(Object.keys(expected))("of %s are those that its maker reads back", (name) => {
    const { tensors } = read(name);
    const wanted = expected[name] ?? {};
    expect([...tensors.keys()].sort()).toEqual(Object.keys(wanted).sort());
    for (const [key, { dtype, shape, values }] of Object.entries(wanted)) {
      const tensor = tensors.get(key);
      expect([key, tensor?.shape, tensor?.values()]).toEqual([key, shape, Float32Array.from(values)]);
      expect(tensor?.dtype).toBe(dtype);
    }
  });

  it("are told apart by what the file holds, not by its name", () => {
    const formats = ["views.zip.pt", "views.legacy.pt", "weights.safetensors", "arrays.npz", "one.npy"].map(
      (name) => unwrap(readWeights(goldenFile(name), "weights.bin")).format,
    );
    expect(formats).toEqual(["torch-zip", "torch-legacy", "safetensors", "npz", "npy"]);
  });

  it.each(["checkpoint.zip.pt", "checkpoint.legacy.pt"])("come with the numbers and texts beside them: %s", (name) => {
    const { metadata, groups } = read(name);
    expect(metadata).toMatchObject({
      epoch: "7",
      loss: "0.25",
      best: "0.5",
      steps: "12345678901",
      "size.1": "4",
      device: "cpu",
      dtype: "torch.float16",
      note: "tuned, d’après",
    });
    expect(groups.slice(0, 4)).toEqual(["model", "optimizer", "optimizer.state", "optimizer.state.0"]);
  });

  it.each(["arguments.zip.pt", "arguments.legacy.pt"])(
    "may lie beside a script's settings, read as a dictionary: %s",
    (name) => {
      const { metadata, groups } = read(name);
      expect(metadata).toEqual({
        "args.lr": "0.0005",
        "args.layers.0": "3",
        "args.layers.1": "4",
        "args.folder": "/data/slides",
        "args.resume": "null",
        "args.nested.seed": "7",
        "more.gated": "true",
        epoch: "19",
      });
      expect(groups).toEqual(["model"]);
    },
  );

  it("of an ONNX file are its constants", () => {
    const w = parameter("w", [2, 2]);
    const model = encodeModel({
      outputs: { y: matmul(matmul(input("x", ["n", 2]), constant([1, 2, 3, 4], [2, 2])), w) },
    });
    const { format, tensors } = unwrap(readWeights(model, "model.onnx"));
    expect(format).toBe("onnx");
    expect([...tensors.values()].map((t) => [t.shape, [...t.values()]])).toEqual([
      [
        [2, 2],
        [1, 2, 3, 4],
      ],
    ]);
  });

  it("of an ONNX file may be of half precision, in which we do not compute", () => {
    const half = (name: string, dtype: number, raw: number[]): Rope =>
      messageField(
        GRAPH.initializer,
        rope(
          integerField(TENSOR.dims, 2),
          integerField(TENSOR.dtype, dtype),
          textField(TENSOR.name, name),
          bytesField(TENSOR.raw, Uint8Array.from(raw)),
        ),
      );
    const graph = (...parts: Rope[]): Uint8Array =>
      flatten(messageField(MODEL.graph, rope(...parts, messageField(GRAPH.output, textField(VALUE.name, "y")))));
    const bytes = graph(half("h", 10, [0, 0x3c, 0, 0xc0]), half("b", 16, [0x80, 0x3f, 0, 0xc0]));
    const { tensors } = unwrap(readWeights(bytes, "half.onnx"));
    expect([...tensors].map(([name, t]) => [name, t.dtype, ...t.values()])).toEqual([
      ["h", "float16", 1, -2],
      ["b", "bfloat16", 1, -2],
    ]);
    expect(failure(graph(half("text", 8, [0, 0]))).text).toContain("string");
  });

  it("of very old files may be a view into a storage, counted from its beginning", () => {
    const values = (bytes: Uint8Array): number[] => [
      ...(unwrap(readWeights(bytes, "x")).tensors.get(ONLY_TENSOR)?.values() ?? []),
    ];
    expect(values(legacy("K\x02\x85"))).toEqual([1, 2]);
    expect(values(legacy("K\x02\x85", "K\x01\x85", "X\x01\0\0\x001K\x03K\x04\x87"))).toEqual([4, 5]);
  });

  it("that stand alone have one name", () => {
    expect([...read("bare.zip.pt").tensors.keys()]).toEqual([ONLY_TENSOR]);
  });
});

describe("a file that is no weights", () => {
  it.each(hostile)("is refused by the name of what it imports: %s", (name) => {
    const names = /system|eval|load|_load_from_bytes|Linear|print|Subclass/;
    const { kind, text } = failure(name);
    expect(kind).toBe("bad-weights");
    expect(text).toMatch(new RegExp(`an import of \\S*(${names.source})`));
  });

  it("is refused before anything after the import is read", () => {
    expect(failure(pickles("cos\nsystem\nneither read nor run", "]")).text).toContain("an import of os.system");
    expect(failure(pickles("X\x08\0\0\0builtinsX\x04\0\0\0eval\x93", "]")).text).toContain(
      "an import of builtins.eval",
    );
    expect(failure(pickles("ccollections\nOrderedDict\n)\x81.", "]")).text).toContain("a class of plain settings");
    expect(failure(pickles("cargparse\nNamespace\nK\x01\x85\x81.", "]")).text).toContain("without arguments");
    expect(failure(pickles("cargparse\nNamespace\n)\x81K\x01b.", "]")).text).toContain("settings as a dictionary");
    expect(failure(pickles("ctorch\nfloat32\n)R.", "]")).text).toContain("torch.float32");
  });

  it("is said to be what it is", () => {
    const of = (text: string): Uint8Array => new TextEncoder().encode(text);
    expect(failure(new Uint8Array(0)).kind).toBe("truncated-file");
    expect(failure(of("<!DOCTYPE html>"))).toEqual({
      kind: "unsupported-format",
      text: expect.stringContaining("a web page"),
    });
    expect(failure(of("version https://git-lfs")).text).toContain("pointer");
    expect(failure(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10)).text).toContain("HDF5");
    expect(failure(of("nothing of the kind")).kind).toBe("unsupported-format");
    expect(failure("objects.npy").text).toContain("type |O");
    expect(failure("table.npy").text).toContain("named columns");
    expect(failure(Uint8Array.of(0x80, 2, 0x4b, 1, 0x2e)).text).toContain("a pickle of 1");
  });
});

describe("a broken file", () => {
  it("says where it ends", () => {
    const cut = (name: string, by: number): string => failure(goldenFile(name).subarray(0, -by)).kind;
    expect(cut("views.zip.pt", 40)).toBe("truncated-file");
    expect(cut("views.legacy.pt", 4)).toBe("truncated-file");
    expect(cut("weights.safetensors", 1)).toBe("truncated-file");
    expect(cut("one.npy", 1)).toBe("bad-weights");
  });

  it("does not pass for good weights when one bit of a zip flips", () => {
    const bytes = goldenFile("bare.zip.pt");
    const at = Buffer.from(bytes).indexOf(Buffer.from(goldenValues()));
    bytes[at] = (bytes[at] as number) ^ 1;
    expect(failure(bytes)).toEqual({ kind: "bad-weights", text: expect.stringContaining("checksum") });
  });

  it("cannot claim more numbers than it holds", () => {
    expect(failure(legacy("(K\x05J\xff\xff\xff\x7ft")).text).toContain("shape [5,2147483647]");
    expect(failure(legacy("J\xff\xff\xff\x7f\x85", "K\x00\x85")).text).toContain("at most");
    expect(failure(legacy("J\xff\xff\xff\xff\x85")).text).toContain("shape [-1]");
  });

  it("cannot hold us with tuples of themselves, lists in lists or marks without end", () => {
    const doubled = `K\x01${"q\x00h\x00\x86".repeat(40)}.`;
    expect(failure(pickles(doubled, "]")).text).toContain("hold each other");
    expect(failure(pickles("]q\x00h\x00a.", "]")).text).toContain("levels");
    expect(failure(pickles(`${"(".repeat(100000)}.`, "]")).kind).toBe("bad-weights");
  });
});

function goldenValues(): Uint8Array {
  const numbers = expected["bare.zip.pt"]?.[ONLY_TENSOR]?.values ?? [];
  return new Uint8Array(Float32Array.from(numbers).buffer);
}

/** A file in the old dialect whose object is the pickle `body`, with one storage of the numbers 0 to 7. */
function pickles(body: string, keys = "]X\x01\x00\x00\x000a"): Uint8Array {
  const head = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.";
  const latin = Uint8Array.from(`${head}\x80\x02${body}\x80\x02${keys}.\x08\0\0\0\0\0\0\0`, (c) => c.charCodeAt(0));
  return Uint8Array.of(...latin, ...new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7).buffer));
}

/** A tensor over that storage; `view` is what very old files say of a view into it. */
function legacy(shape: string, strides = "K\x01\x85", view = "N"): Uint8Array {
  const storage = "(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x08";
  return pickles(`ctorch._utils\n_rebuild_tensor_v2\n(${storage}${view}tQK\x01${shape}${strides}tR.`);
}

describe.skipIf(!existsSync(real))(
  "a real tile of an encoder (../shared/data/features is absent where this is skipped)",
  () => {
    it("has the 1536 numbers of its shape, not the 302592 of its storage", () => {
      const { tensors } = unwrap(readWeights(readFileSync(real), "prov_normal_000_1.pt"));
      const tensor = tensors.get(ONLY_TENSOR);
      const values = tensor?.values() ?? new Float32Array(0);
      expect([tensor?.shape, values.length, tensor?.dtype]).toEqual([[1536], 1536, "float32"]);
      expect([...values.subarray(0, 3)]).toMatchInlineSnapshot(`
      [
        -0.4880797564983368,
        0.9477266669273376,
        -0.5380439758300781,
      ]
    `);
      expect(values.reduce((sum, v) => sum + v, 0)).toBeCloseTo(14.665300331380422, 3);
    });
  },
);

describe.skipIf(!existsSync(encoder))(
  "a real encoder (../shared/data/encoders is absent where this is skipped)",
  () => {
    it("gives its weights", () => {
      const { tensors } = unwrap(readWeights(readFileSync(encoder), "mobilenet.onnx"));
      expect(tensors.size).toBeGreaterThan(50);
    });
  },
);
