/** Types of the simulation, for its small version among the tests. */
export interface EpochsOptions {
  readonly patients?: number;
  readonly folds?: number;
  readonly epochs?: number;
  readonly repeats?: number;
  readonly tiles?: number;
  readonly features?: number;
  readonly lr?: number;
}

/** By rule, one mean AUROC a repeat. */
export function simulateEpochs(options?: EpochsOptions): Promise<Record<string, number[]>>;

export function summary(values: readonly number[]): {
  readonly mean: number;
  readonly error: number;
  readonly deviation: number;
};
