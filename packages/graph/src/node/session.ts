/**
 * Sessions on ONNX Runtime's native build: on the CPU, or on a GPU through WebGPU, which is part of the same build. The runtime is loaded
 * at the first session, since loading takes longer than all else a short command does.
 */
import { openDevice } from "../ort/device.ts";
import { OrtSession } from "../ort/ort-session.ts";
import { createSession, type Runtime } from "../ort/runtime.ts";
import type { Device, Session, SessionOptions } from "../session.ts";
import { checkCommandLine } from "./command-line.ts";

let device: Device | null = null;

/** A session. Failures (thrown): bad-model, no-device, bad-usage (a command line that the runtime cannot bear) */
export async function openSession(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
  const { provider = "cpu", threads = 1, keepMemory = true, plansMemory = true, keep = [] } = options;
  checkCommandLine();
  const runtime: Runtime = await import("onnxruntime-node");
  const isGpu = provider === "webgpu";
  const inner = await createSession(runtime, model, provider, {
    intraOpNumThreads: threads,
    enableCpuMemArena: keepMemory,
    enableMemPattern: plansMemory,
    ...(isGpu && { preferredOutputLocation: Object.fromEntries(keep.map((name) => [name, "gpu-buffer"])) }),
  });
  if (isGpu) device ??= openDevice(runtime);
  return new OrtSession(runtime, inner, { device: isGpu ? device : null, fillsInPlace: !isGpu });
}
