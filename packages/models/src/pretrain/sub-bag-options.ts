/** Options of the pretraining on sub-bags. Which are read from the published descriptions and which are ours: docs/methods/genbloom.md. */
import { integerOption, numberOption, type OptionValues } from "../aggregator/option.ts";

const share = (value: number, meaning: string) => numberOption(value, { min: 0, max: 1 }, meaning);
const temperature = (value: number, meaning: string) => numberOption(value, { min: 0.001, max: 1 }, meaning);

export const SUB_BAG_OPTIONS = {
  epochs: integerOption(100, { min: 1, max: 100000 }, "times each bag is seen"),
  batch: integerOption(16, { min: 1, max: 4096 }, "bags of a step"),
  lr: numberOption(2e-4, { min: 1e-30, max: 1 }, "highest learning rate of AdamW"),
  warmup: share(0.1, "share of the steps in which the rate rises; half a cosine follows"),
  weightDecay: numberOption(0.04, { min: 0, max: 1 }, "decay of matrices, decoupled"),
  clipNorm: numberOption(3, { min: 0.001, max: 1e6 }, "length that all gradients together are shortened to"),
  local: integerOption(8, { min: 0, max: 64 }, "small sub-bags beside the two large ones"),
  globalLeast: share(0.32, "smallest share of the tiles in a large sub-bag"),
  globalMost: share(1, "largest share of the tiles in a large sub-bag"),
  localLeast: share(0.05, "smallest share of the tiles in a small sub-bag"),
  localMost: share(0.32, "largest share of the tiles in a small sub-bag"),
  maxTiles: integerOption(1024, { min: 1, max: 1e6 }, "tiles of a sub-bag at most"),
  hideChance: share(0.5, "how often tiles of a large sub-bag are hidden from the student"),
  hideShare: share(0.5, "largest share of tiles that is hidden"),
  tileWeight: numberOption(1, { min: 0, max: 100 }, "weight of the loss of hidden tiles"),
  spreadWeight: numberOption(0, { min: 0, max: 100 }, "weight of the KoLeo loss, which keeps embeddings apart"),
  perceptron: integerOption(512, { min: 1, max: 8192 }, "width inside the perceptron before the prototypes"),
  bottleneck: integerOption(128, { min: 1, max: 4096 }, "numbers that are compared with a prototype"),
  prototypes: integerOption(1024, { min: 2, max: 262144 }, "prototypes"),
  studentTemperature: temperature(0.1, "temperature of the student"),
  firstTeacherTemperature: temperature(0.04, "temperature of the teacher at first"),
  teacherTemperature: temperature(0.07, "temperature of the teacher after a third of the epochs"),
  teacherMomentum: share(0.994, "what the teacher keeps of itself in the first step; rises to 1 by half a cosine"),
  centreMomentum: share(0.9, "what the centre keeps of itself in a step; 1 for no centring"),
  threads: integerOption(1, { min: 1, max: 256 }, "threads inside an operator"),
  seed: integerOption(1, { min: 0, max: 2 ** 31 }, "seed of first weights and of every draw"),
};

export type SubBagOptions = OptionValues<typeof SUB_BAG_OPTIONS>;
