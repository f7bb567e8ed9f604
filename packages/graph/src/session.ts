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
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Threads inside an operator. Results do not depend on it. Default 1. */
  readonly threads?: number;
  /** Whether memory is kept between runs, which is faster and holds on to the largest run. Default true. */
  readonly keepMemory?: boolean;
}

export type OpenSession = (model: Uint8Array, options?: SessionOptions) => Promise<Session>;
