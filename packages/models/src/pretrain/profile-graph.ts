/**
 * The loss that draws the embedding of a slide to the genetic profiles of its patient: stage two of GenBloom (2026, arXiv 2605.29980).
 *
 *   z = unit(GELU(batch norm(e A)) B),   masked by dropout before B            e [b, h] the embeddings; h -> 64 -> 128
 *   c_p = encoder_p(profile p) [b, 128],   r_p = decoder_p(c_p)                  perceptrons of one inner layer
 *   loss = sum over profiles p of  contrast(z, c_p) + lambda BCE(r_p, profile p)
 *
 * The contrast is that of Khosla et al. 2020 both ways, halved: patients whose profiles agree belong together. What is not known of a profile
 * goes in as 0 with a 0 beside it that says so, and is left out of the reconstruction; a patient of whom nothing is known is left out of it all.
 */
import {
  add,
  batchNorm,
  binaryCrossEntropy,
  channelStatistics,
  concat,
  div,
  dropout,
  gelu,
  input,
  linear,
  maximum,
  mul,
  sum,
  type Tensor,
  transpose,
} from "@nacre/graph";
import type { Scope, WeightSpec } from "../aggregator/aggregator.ts";
import { supervisedContrast } from "../loss/alignment.ts";

export interface ProfileSizes {
  /** Width of the embedding. */
  readonly h: number;
  /** Columns of each profile. */
  readonly columns: readonly number[];
  /** Width inside the projection and the perceptrons; width of what is compared. */
  readonly inner: number;
  readonly code: number;
  readonly temperature: number;
  /** Weight of the reconstruction. */
  readonly lambda: number;
  /** A multiple of 1/256; 0 for none. */
  readonly dropout: number;
}

export const PROFILE_MASK = "mask.profile";

/** Weights beside those of the aggregator; all are thrown away. */
export function profileWeights({ h, columns, inner, code }: ProfileSizes): WeightSpec[] {
  const map = (name: string, from: number, to: number): WeightSpec[] => [
    { name: `${name}.weight`, shape: [from, to], initialisation: "glorot" },
    { name: `${name}.bias`, shape: [to], initialisation: "zeros" },
  ];
  return [
    ...map("profile.slide.first", h, inner),
    { name: "profile.slide.gain", shape: [inner], initialisation: "ones" },
    { name: "profile.slide.shift", shape: [inner], initialisation: "zeros" },
    ...map("profile.slide.second", inner, code),
    ...columns.flatMap((g, p) => [
      ...map(`profile.${p}.encoder.first`, 2 * g, inner),
      ...map(`profile.${p}.encoder.second`, inner, code),
      ...map(`profile.${p}.decoder.first`, code, inner),
      ...map(`profile.${p}.decoder.second`, inner, g),
    ]),
  ];
}

/**
 * Inputs: `embeddings` [b, h]; for each profile p `profile.<p>` and `known.<p>` [b, g] (0 where unknown), `agree.<p>` and bool
 * `among.<p>` [b, b]; with dropout its mask, uint8 [b, inner]. -> a scalar, and the embeddings as a node
 */
export function profileLoss(sizes: ProfileSizes, weight: Scope["weight"]): { loss: Tensor; embeddings: Tensor } {
  const embeddings = input("embeddings", ["b", sizes.h]);
  const slides = project(embeddings, sizes, weight);
  const parts = sizes.columns.map((g, p) => {
    const [profile, known] = [input(`profile.${p}`, ["b", g]), input(`known.${p}`, ["b", g])];
    const [agree, among] = [input(`agree.${p}`, ["b", "b"]), input(`among.${p}`, ["b", "b"], "bool")];
    const codes = perceptron(concat([profile, known], 1), `profile.${p}.encoder`, weight);
    const options = { temperature: sizes.temperature, among };
    const there = supervisedContrast({ anchors: slides, candidates: codes, positive: agree }, options);
    const back = supervisedContrast({ anchors: codes, candidates: slides, positive: transpose(agree) }, options);
    const said = perceptron(codes, `profile.${p}.decoder`, weight);
    const wrong = div(sum(mul(binaryCrossEntropy(said, profile), known)), maximum(sum(known), 1));
    return add(mul(add(there, back), 0.5), mul(wrong, sizes.lambda));
  });
  return { loss: parts.reduce((a, b) => add(a, b)), embeddings };
}

/** [b, h] -> [b, code]; its length does not matter to the contrast. */
function project(x: Tensor, { dropout: rate, inner }: ProfileSizes, weight: Scope["weight"]): Tensor {
  const raw = linear(x, weight("profile.slide.first.weight"), weight("profile.slide.first.bias"));
  const gains = { gain: weight("profile.slide.gain"), bias: weight("profile.slide.shift") };
  const bent = gelu(batchNorm(raw, channelStatistics(raw), gains));
  const kept = rate === 0 ? bent : dropout(bent, input(PROFILE_MASK, ["b", inner], "uint8"), 1 - rate);
  return linear(kept, weight("profile.slide.second.weight"), weight("profile.slide.second.bias"));
}

function perceptron(x: Tensor, name: string, weight: Scope["weight"]): Tensor {
  const inside = gelu(linear(x, weight(`${name}.first.weight`), weight(`${name}.first.bias`)));
  return linear(inside, weight(`${name}.second.weight`), weight(`${name}.second.bias`));
}
