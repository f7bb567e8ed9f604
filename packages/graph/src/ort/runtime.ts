/**
 * What the native and the WebAssembly build of ONNX Runtime have in common, and how a session is made of either. An adapter that is not
 * there is a failure of its own: a run on the CPU in its place would be slower without a word.
 */
import { raise } from "@nacre/core";
import type { InferenceSession } from "onnxruntime-web";
import type { Provider } from "../session.ts";

/** The part of the runtime that is used. */
export interface Runtime {
  readonly Tensor: typeof import("onnxruntime-web").Tensor;
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
}

/** Failures (thrown): no-device, bad-model */
export async function createSession(
  { InferenceSession }: Runtime,
  model: Uint8Array,
  provider: Provider | "wasm",
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(plain(model), {
      ...options,
      executionProviders: [provider],
      graphOptimizationLevel: "all",
      executionMode: "sequential",
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
  } catch (cause) {
    const received = String(cause);
    if (provider === "webgpu" && WANTS_ADAPTER.test(received)) {
      return raise("no-device", {
        expected: "a graphics adapter that WebGPU can use",
        received,
        remedy: "install the adapter's Vulkan, Metal or Direct3D 12 driver, or take the provider cpu",
      });
    }
    return raise("bad-model", {
      expected: "an ONNX model that the runtime can open",
      received,
      remedy: "export the model again with standard operators of opset 17 or earlier",
    });
  }
}

const WANTS_ADAPTER = /adapter|backend not found|no available backend|WebGPU is not supported|navigator\.gpu/i;

/** The bytes in memory of their own kind: the runtime refuses shared memory. */
function plain(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer ? bytes : Uint8Array.from(bytes);
}
