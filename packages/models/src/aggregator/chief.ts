/**
 * Gated attention with an organ prompt (Wang 2024, Nature): what organ the tissue is of is a vector, mapped to the width of the embedding and
 * added to it. The covariates of a bag say the organ: as a choice of one (one-hot), which looks up a vector that is learned; or, without
 * `table`, as that vector itself, such as the embedding of the organ's name in text. Without covariates there is no prompt.
 *
 *   z = sum over tiles of a h + relu(p W + b),   p = organ T [1, prompt], or the covariates themselves
 *
 * The prompt is all that covariates do: they do not stand beside the embedding a second time, so the scores are made here.
 */
import { add, gemm, linear, relu, type Tensor } from "@nacre/graph";
import { attend, attentionWeights, trunk } from "../attention/gated-attention.ts";
import { linearScores, linearTerms, scoreWeights } from "../head/linear-scores.ts";
import { defineAggregator, type Pooled, type Scope, type WeightSpec } from "./aggregator.ts";
import { flagOption, integerOption, numberOption, type OptionValues } from "./option.ts";

const OPTIONS = {
  hidden: integerOption(512, { min: 1, max: 4096 }, "width of an instance and of the embedding"),
  attention: integerOption(256, { min: 1, max: 4096 }, "width inside the attention gate"),
  prompt: integerOption(768, { min: 1, max: 4096 }, "width of the learned vector of an organ"),
  table: flagOption(true, "covariates choose an organ whose vector is learned; otherwise they are the vector"),
  dropout: numberOption(0.25, { min: 0, max: 0.9 }, "share of values dropped while fitting"),
};

type Options = OptionValues<typeof OPTIONS>;

export const chief = defineAggregator({
  name: "chief",
  title: "Gated attention with an organ prompt",
  paper: "Wang, Zhao, Marostica et al. 2024, Nature 634, 970-978",
  options: OPTIONS,
  width: () => null,
  weights: (options, { d, k, covariates }) => [
    ...attentionWeights(d, { ...options, gated: true }),
    ...promptWeights(options, covariates),
    ...scoreWeights({ h: options.hidden, k, covariates: 0 }),
  ],
  build(scope, options) {
    const instances = trunk(scope, options.dropout);
    const shares = attend(scope, instances, { gated: true }, options.dropout);
    const pooled = gemm(shares, instances, { transA: true });
    const offset = promptOf(scope, options);
    const embedding = offset === null ? pooled : add(pooled, offset);
    const bag: Pooled = { embedding, shares, instances, ...(offset === null ? {} : { offset }) };
    const alone = { ...scope, covariates: null };
    const further = { slideFeature: gemm(shares, scope.tiles, { transA: true }) };
    return { embedding, shares, ...linearScores(alone, bag), terms: linearTerms(alone, bag), further };
  },
});

function promptWeights({ hidden, prompt, table }: Options, covariates: number): WeightSpec[] {
  if (covariates === 0) return [];
  const wide = table ? prompt : covariates;
  return [
    ...(table ? ([{ name: "organ.table", shape: [covariates, prompt], initialisation: { normal: 1 } }] as const) : []),
    { name: "organ.weight", shape: [wide, hidden], initialisation: "glorot" },
    { name: "organ.bias", shape: [hidden], initialisation: "zeros" },
  ];
}

/** What the organ adds to the embedding, [1, hidden]. */
function promptOf(scope: Scope, { table }: Options): Tensor | null {
  if (scope.covariates === null) return null;
  const vector = table ? gemm(scope.covariates, scope.weight("organ.table")) : scope.covariates;
  return relu(linear(vector, scope.weight("organ.weight"), scope.weight("organ.bias")));
}
