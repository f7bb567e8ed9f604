/**
 * Sessions on ONNX Runtime's native CPU build. The runtime is loaded at the first session, since loading takes longer than
 * all else a short command does.
 */
import { raise } from "@nacre/core";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Session, SessionOptions, TensorData } from "../session.ts";

type Ort = typeof import("onnxruntime-node");

/** A session on the CPU. Failure (thrown): bad-model */
export async function openSession(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
  const { threads = 1, keepMemory = true } = options;
  const ort = await import("onnxruntime-node");
  const inner = await ort.InferenceSession.create(plain(model), {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: keepMemory,
    logSeverityLevel: 3,
  }).catch((cause: unknown) =>
    raise("bad-model", {
      expected: "an ONNX model that the runtime can open",
      received: String(cause),
      remedy: "export the model again with standard operators of opset 17 or earlier",
    }),
  );
  return new NodeSession(ort, inner);
}

class NodeSession implements Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #ort: Ort;
  readonly #inner: InferenceSession;
  readonly #types: ReadonlyMap<string, string>;

  constructor(ort: Ort, inner: InferenceSession) {
    this.#ort = ort;
    this.#inner = inner;
    this.inputs = inner.inputNames;
    this.outputs = inner.outputNames;
    const values = [...inner.inputMetadata, ...inner.outputMetadata];
    this.#types = new Map(values.map((v) => [v.name, v.isTensor ? v.type : "none"]));
  }

  async run(
    feeds: Readonly<Record<string, TensorData>>,
    into: Readonly<Record<string, TensorData>> = {},
  ): Promise<Record<string, TensorData>> {
    const fed: Record<string, OrtTensor> = {};
    for (const name of this.inputs) {
      const value = feeds[name];
      if (value === undefined) {
        throw new TypeError(`expected feeds ${this.inputs.join(", ")}, received none called ${name}`);
      }
      fed[name] = this.#tensor(name, value);
    }
    const wanted: Record<string, OrtTensor | null> = {};
    for (const name of this.outputs) {
      const place = into[name];
      wanted[name] = place === undefined ? null : this.#tensor(name, place);
    }
    const results = await this.#inner.run(fed, wanted).catch((cause: unknown) =>
      raise("bad-model", {
        expected: "feeds that the model can compute with",
        received: String(cause),
        remedy: "check the shapes of what is fed against the inputs of the model",
      }),
    );
    const out: Record<string, TensorData> = {};
    for (const name of this.outputs) {
      const { data, dims } = results[name] as OrtTensor;
      out[name] = into[name] ?? { data: data as TensorData["data"], dims };
    }
    return out;
  }

  async close(): Promise<void> {
    await this.#inner.release();
  }

  #tensor(name: string, { data, dims }: TensorData): OrtTensor {
    const size = dims.reduce((n, d) => n * d, 1);
    if (data.length !== size) {
      throw new RangeError(
        `expected ${size} numbers for ${name} of shape [${dims.join(", ")}], received ${data.length}`,
      );
    }
    if (!(data.buffer instanceof ArrayBuffer)) {
      throw new TypeError(
        `expected ${name} in an ArrayBuffer, received shared memory, which the runtime refuses; copy it`,
      );
    }
    const type = this.#types.get(name) ?? typeOf(data);
    const isBool = type === "bool" && data instanceof Uint8Array;
    if (type !== typeOf(data) && !isBool) {
      throw new TypeError(`expected ${type} for ${name}, received ${typeOf(data)}`);
    }
    return new this.#ort.Tensor(type as "float32", data as Float32Array, dims);
  }
}

function typeOf(data: TensorData["data"]): string {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof BigInt64Array) return "int64";
  return data instanceof Int32Array ? "int32" : "uint8";
}

/** The bytes in memory of their own kind: the runtime refuses shared memory. */
function plain(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer ? bytes : Uint8Array.from(bytes);
}
