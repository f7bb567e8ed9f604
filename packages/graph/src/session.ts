/** What running a model looks like, whatever runs it. The Node door makes such sessions; code that is handed one stays browser-safe. */
import type { TensorValues } from "./tensor.ts";

/** Numbers with a shape. A bool is fed and returned as Uint8Array of 0 and 1. */
export interface TensorData {
  readonly data: TensorValues;
  readonly dims: readonly number[];
}

export interface Session {
  /** Names that must be fed. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Runs the model once. It blocks the thread it is called on, so long work belongs in a worker.
   * `into`: arrays that results of the same name and shape are written to, instead of new ones. Such an array may be fed in
   * the same run only where nothing reads that input after the result is made; Adam's moments are such inputs, weights are not.
   * Failure (thrown): bad-model. @throws TypeError or RangeError on feeds that do not fit
   */
  run(
    feeds: Readonly<Record<string, TensorData>>,
    into?: Readonly<Record<string, TensorData>>,
  ): Promise<Record<string, TensorData>>;
  /** Where values can stay between runs; absent on the CPU, whose memory they are in anyway. */
  readonly device?: Device;
  close(): Promise<void>;
}

/**
 * Memory that a provider computes in. A held value is fed like any other to every session of the provider, and filled as `into` where the
 * session keeps that output; its `data` throws until it is read. float32 alone.
 */
export interface Device {
  /** A copy on the device. */
  hold(value: TensorData): Promise<TensorData>;
  /** A copy in ordinary memory of a held value; any other is answered as it is. */
  read(value: TensorData): Promise<TensorData>;
  isHeld(value: TensorData): boolean;
  /** Gives the memory of a held value back; it cannot be fed any more. */
  free(value: TensorData): void;
}

/** What computes: the CPU, or a GPU through WebGPU. */
export type Provider = "cpu" | "webgpu";

export interface SessionOptions {
  /** Default cpu. With webgpu and no adapter opening fails; nothing falls back to the CPU unsaid. */
  readonly provider?: Provider;
  /** Outputs that stay on the device, where there is one. */
  readonly keep?: readonly string[];
  /** Threads inside an operator. Results do not depend on it. Default 1. */
  readonly threads?: number;
  /** Whether memory is kept between runs, which is faster and holds on to the largest run. Default true. */
  readonly keepMemory?: boolean;
  /** Whether the runtime keeps a plan of its memory for each set of shapes that it is fed. Default true; false where hardly two runs are alike. */
  readonly plansMemory?: boolean;
}

export type OpenSession = (model: Uint8Array, options?: SessionOptions) => Promise<Session>;
