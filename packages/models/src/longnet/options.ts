/** The options of the slide encoder, and the sizes they stand for. Sizes default to the published ones. */
import { fail, type Outcome, ok } from "@nacre/core";
import { flagOption, integerOption, numberOption, type OptionValues } from "../aggregator/option.ts";
import { configProblem, type LongnetConfig, PUBLISHED_BRANCHES } from "./config.ts";

const segment = (i: number) =>
  integerOption(
    PUBLISHED_BRANCHES[i]?.segment ?? 0,
    { min: 0, max: 2 ** 31 },
    `tokens of a segment of branch ${i + 1}; 0 for no such branch`,
  );
const ratio = (i: number) =>
  integerOption(
    PUBLISHED_BRANCHES[i]?.ratio ?? 1,
    { min: 1, max: 1024 },
    `of which branch ${i + 1} keeps one in so many`,
  );

/** The option table of the aggregator `longnet`. */
export const LONGNET_OPTIONS = {
  width: integerOption(768, { min: 4, max: 4096 }, "numbers of a token and of the embedding"),
  layers: integerOption(12, { min: 1, max: 64 }, "layers of the encoder"),
  heads: integerOption(16, { min: 1, max: 64 }, "heads of the attention; they divide the width"),
  ffn: integerOption(3072, { min: 1, max: 16384 }, "numbers inside the feed-forward block"),
  layer: integerOption(
    11,
    { min: 1, max: 64 },
    "layer whose output is pooled, at most `layers`; later ones are left out",
  ),
  lastNorm: flagOption(false, "pool what leaves the encoder past all layers and its last normalisation instead"),
  classToken: flagOption(false, "take the class token for the embedding instead of the mean over the tiles"),
  segment1: segment(0),
  segment2: segment(1),
  segment3: segment(2),
  segment4: segment(3),
  segment5: segment(4),
  ratio1: ratio(0),
  ratio2: ratio(1),
  ratio3: ratio(2),
  ratio4: ratio(3),
  ratio5: ratio(4),
  maskPadding: flagOption(false, "keep zeros that fill up a segment out of the softmax"),
  sorted: flagOption(true, "encode tiles by column and row, whatever the order they come in"),
  grid: integerOption(1000, { min: 1, max: 4000 }, "columns and rows of tiles a slide has at most"),
  dropout: numberOption(
    0.25,
    { min: 0, max: 0.9 },
    "share of numbers dropped before and after each block while fitting",
  ),
  dropPath: numberOption(
    0.1,
    { min: 0, max: 0.9 },
    "chance that the last layer is left out while fitting; less for earlier ones",
  ),
};

export type LongnetOptions = OptionValues<typeof LONGNET_OPTIONS>;

/** The sizes that options stand for. Layers that nothing reads are left out. */
export function configOf(options: LongnetOptions): LongnetConfig {
  const { width, heads, ffn, layers, layer, lastNorm, grid, maskPadding } = options;
  const branches = ([1, 2, 3, 4, 5] as const)
    .map((i) => ({ segment: options[`segment${i}`], ratio: options[`ratio${i}`] }))
    .filter((branch) => branch.segment > 0);
  const used = lastNorm ? layers : Math.min(layer, layers);
  return { width, heads, ffn, layers: used, branches, grid, masksPadding: maskPadding };
}

/** Whether the options go together. Fails with `bad-study`. */
export function checkLongnet(options: LongnetOptions): Outcome<null> {
  const problem = configProblem(configOf(options));
  return problem === null ? ok(null) : fail("bad-study", problem);
}
