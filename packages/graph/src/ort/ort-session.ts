/** A session of either build of the runtime: feeds are checked before they reach it, and results come back as typed arrays or stay on the device. */
import { raise } from "@nacre/core";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-web";
import type { Device, Session, TensorData } from "../session.ts";
import { Held } from "./device.ts";
import type { Runtime } from "./runtime.ts";

export interface OrtSessionOptions {
  /** null on the CPU. */
  readonly device: Device | null;
  /** Whether the runtime writes results into arrays that are handed in; else they are copied there. */
  readonly fillsInPlace: boolean;
}

type Values = Readonly<Record<string, TensorData>>;

export class OrtSession implements Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly device?: Device;
  readonly #runtime: Runtime;
  readonly #inner: InferenceSession;
  readonly #types: ReadonlyMap<string, string>;
  readonly #fillsInPlace: boolean;

  constructor(runtime: Runtime, inner: InferenceSession, { device, fillsInPlace }: OrtSessionOptions) {
    this.#runtime = runtime;
    this.#inner = inner;
    this.#fillsInPlace = fillsInPlace;
    if (device !== null) this.device = device;
    this.inputs = inner.inputNames;
    this.outputs = inner.outputNames;
    const values = [...inner.inputMetadata, ...inner.outputMetadata];
    this.#types = new Map(values.map((v) => [v.name, v.isTensor ? v.type : "none"]));
  }

  async run(feeds: Values, into: Values = {}): Promise<Record<string, TensorData>> {
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
      const isFilled = this.#fillsInPlace && place !== undefined && !(place instanceof Held);
      wanted[name] = isFilled ? this.#tensor(name, place) : null;
    }
    const results = await this.#inner.run(fed, wanted).catch((cause: unknown) =>
      raise("bad-model", {
        expected: "feeds that the model can compute with",
        received: String(cause),
        remedy: "check the shapes of what is fed against the inputs of the model",
      }),
    );
    const out: Record<string, TensorData> = {};
    for (const name of this.outputs) out[name] = this.#result(name, results[name] as OrtTensor, into[name]);
    return out;
  }

  async close(): Promise<void> {
    await this.#inner.release();
  }

  #result(name: string, result: OrtTensor, place: TensorData | undefined): TensorData {
    if (result.location === "gpu-buffer") {
      if (place === undefined) return new Held(result);
      if (place instanceof Held) {
        place.replace(result);
        return place;
      }
    }
    if (place instanceof Held || result.location !== "cpu") {
      throw new TypeError(
        `expected ${name} and its place both on the device or neither, received one; name it in keep`,
      );
    }
    if (place === undefined) return { data: result.data as TensorData["data"], dims: result.dims };
    if (!this.#fillsInPlace) fill(name, place, result);
    return place;
  }

  #tensor(name: string, value: TensorData): OrtTensor {
    if (value instanceof Held) return value.tensor;
    const { data, dims } = value;
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
    return new this.#runtime.Tensor(type as "float32", data as Float32Array, dims);
  }
}

function fill(name: string, place: TensorData, { data, dims }: OrtTensor): void {
  if (dims.join() !== place.dims.join() || (data as TensorData["data"]).constructor !== place.data.constructor) {
    raise("bad-model", {
      expected: `a place of shape [${dims}] for ${name}`,
      received: `one of shape [${place.dims}]`,
      remedy: "check the shapes of what is filled against the outputs of the model",
    });
  }
  (place.data as Float32Array).set(data as Float32Array);
}

function typeOf(data: TensorData["data"]): string {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof BigInt64Array) return "int64";
  return data instanceof Int32Array ? "int32" : "uint8";
}
