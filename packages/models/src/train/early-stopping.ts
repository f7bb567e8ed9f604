/** When to stop: after `patience` epochs without a lower loss on the tune part, but not before `minEpochs`. */

export interface StoppingRule {
  readonly patience: number;
  readonly minEpochs: number;
}

/** What has been seen so far. Epochs count from 1; `bestEpoch` 0 means none yet. */
export interface Progress {
  readonly epoch: number;
  readonly bestEpoch: number;
  readonly bestLoss: number;
}

export const NO_PROGRESS: Progress = { epoch: 0, bestEpoch: 0, bestLoss: Number.POSITIVE_INFINITY };

/** The next state after one more epoch. A tie keeps the earlier epoch. */
export function advance(progress: Progress, loss: number): Progress {
  const epoch = progress.epoch + 1;
  return loss < progress.bestLoss ? { epoch, bestEpoch: epoch, bestLoss: loss } : { ...progress, epoch };
}

export function shouldStop(progress: Progress, rule: StoppingRule): boolean {
  return progress.epoch >= rule.minEpochs && progress.epoch - progress.bestEpoch >= rule.patience;
}
