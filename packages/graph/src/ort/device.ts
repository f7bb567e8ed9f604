/**
 * Values in the memory of a WebGPU adapter. A value goes there and back through a model of one Identity node, since the native runtime
 * ends the process when such a tensor is asked for its data.
 */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-web";
import { encodeModel } from "../model/encode.ts";
import type { Device, TensorData } from "../session.ts";
import { input, type TensorValues } from "../tensor.ts";
import { createSession, type Runtime } from "./runtime.ts";

/** A value on the device; a run may put another of the same shape in its place. */
export class Held implements TensorData {
  readonly dims: readonly number[];
  #tensor: OrtTensor | null;

  constructor(tensor: OrtTensor) {
    this.dims = tensor.dims;
    this.#tensor = tensor;
  }

  get data(): TensorValues {
    throw new TypeError(`expected a value in ordinary memory, received one on the device; read it first`);
  }

  get tensor(): OrtTensor {
    if (this.#tensor !== null) return this.#tensor;
    throw new TypeError("expected a held value, received one that was given back; hold it again");
  }

  /** @throws RangeError on a tensor of another shape */
  replace(tensor: OrtTensor | null): void {
    if (tensor !== null && tensor.dims.join() !== this.dims.join()) {
      throw new RangeError(`expected a result of shape [${this.dims}], received [${tensor.dims}]`);
    }
    this.#tensor?.dispose();
    this.#tensor = tensor;
  }
}

/** The device of a runtime. Its copying models stay open as long as the process. */
export function openDevice(runtime: Runtime): Device {
  const there = copiers(runtime, "gpu-buffer");
  const back = copiers(runtime, "cpu");
  return {
    async hold(value) {
      const { data, dims } = value;
      if (!(data instanceof Float32Array)) throw new TypeError("expected float32 values to hold, received others");
      return new Held(await there(new runtime.Tensor("float32", data, dims)));
    },
    async read(value) {
      if (!(value instanceof Held)) return value;
      const { data, dims } = await back(value.tensor);
      return { data: data as Float32Array, dims };
    },
    isHeld: (value) => value instanceof Held,
    free(value) {
      if (value instanceof Held) value.replace(null);
    },
  };
}

/** Copies tensors of any number of axes to a place. */
function copiers(runtime: Runtime, place: "cpu" | "gpu-buffer"): (x: OrtTensor) => Promise<OrtTensor> {
  const sessions = new Map<number, Promise<InferenceSession>>();
  return async (x) => {
    const axes = x.dims.length;
    const shape = x.dims.map((_, axis) => `n${axis}`);
    const session =
      sessions.get(axes) ??
      createSession(runtime, encodeModel({ outputs: { y: input("x", shape) }, name: "copy" }), "webgpu", {
        preferredOutputLocation: place,
      });
    sessions.set(axes, session);
    const { y } = await (await session).run({ x });
    return y as OrtTensor;
  };
}
