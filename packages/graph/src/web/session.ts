/**
 * Sessions in a browser: ONNX Runtime's WebAssembly build on the CPU, or the build of the same with WebGPU. Each is loaded at its first session.
 * Threads are those of the page: one, unless it is isolated from other origins (COOP and COEP), since only then memory can be shared.
 */
import { openDevice } from "../ort/device.ts";
import { OrtSession } from "../ort/ort-session.ts";
import { createSession, type Runtime } from "../ort/runtime.ts";
import type { Device, OpenSession, Provider } from "../session.ts";

export interface WebRuntimeOptions {
  /** Address of the folder with the runtime's .wasm and .mjs, ending in a slash. */
  readonly wasm: string;
  /** Default 1. Ignored where the page is not isolated. */
  readonly threads?: number;
  /** Default cpu. */
  readonly provider?: Provider;
}

/** How sessions are opened on a page. Failures of what it answers (thrown): bad-model, no-device */
export function openSessionWith({ wasm, threads = 1, provider = "cpu" }: WebRuntimeOptions): OpenSession {
  let loading: Promise<Runtime> | null = null;
  let device: Device | null = null;
  return async (model, { keep = [], plansMemory = true } = {}) => {
    loading ??= load(provider, wasm, threads);
    const runtime = await loading;
    const isGpu = provider === "webgpu";
    const preferred = Object.fromEntries(keep.map((name) => [name, "gpu-buffer"] as const));
    const inner = await createSession(runtime, model, isGpu ? "webgpu" : "wasm", {
      enableMemPattern: plansMemory,
      ...(isGpu && { preferredOutputLocation: preferred }),
    });
    if (isGpu) device ??= openDevice(runtime);
    return new OrtSession(runtime, inner, { device: isGpu ? device : null, fillsInPlace: false });
  };
}

async function load(provider: Provider, wasm: string, threads: number): Promise<Runtime> {
  const ort = await (provider === "webgpu" ? import("onnxruntime-web/webgpu") : import("onnxruntime-web/wasm"));
  ort.env.wasm.wasmPaths = wasm;
  ort.env.wasm.numThreads = threads;
  return ort;
}
