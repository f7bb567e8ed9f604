/** Options of a distillation into a small encoder. */
import { flagOption, integerOption, numberOption, type OptionValues } from "../aggregator/option.ts";

export const DISTIL_OPTIONS = {
  dim: integerOption(256, { min: 8, max: 4096 }, "length of the student's features"),
  width: integerOption(
    32,
    { min: 4, max: 256 },
    "channels after the first convolution; doubled in each of three stages",
  ),
  deep: flagOption(false, "a second convolution in each stage, with a way round it"),
  epochs: integerOption(30, { min: 1, max: 100000 }, "times each tile is seen"),
  batch: integerOption(32, { min: 2, max: 1024 }, "tiles of a step"),
  lr: numberOption(2e-3, { min: 1e-30, max: 1 }, "highest learning rate of AdamW"),
  warmup: numberOption(0.1, { min: 0, max: 1 }, "share of the steps in which the rate rises; half a cosine follows"),
  weightDecay: numberOption(0.01, { min: 0, max: 1 }, "decay of kernels and matrices, decoupled"),
  crop: numberOption(
    0.72,
    { min: 0.1, max: 1 },
    "side of the part of a tile that is seen in a step, in sides of the tile",
  ),
  tuneShare: numberOption(0.1, { min: 0, max: 0.9 }, "share of the tiles kept aside to see how well it imitates"),
  threads: integerOption(1, { min: 1, max: 256 }, "threads inside an operator"),
  seed: integerOption(1, { min: 0, max: 2 ** 31 }, "seed of first weights and of every draw"),
};

export type DistilOptions = OptionValues<typeof DISTIL_OPTIONS>;
