/**
 * What a student learns from several teachers (the idea of GPFM, written from its formulas): each teacher has a linear map of its own from
 * the student's features, and its features are standardised, so that none is louder than another:
 *
 *   p_t = f A_t + a_t,     loss = sum over t of w_t (0.9 (1 - cos(p_t, y_t)) + 0.1 smooth L1(p_t, y_t)) / sum over t of w_t
 */
import { add, constant, input, linear, mean, mul, type Tensor } from "@nacre/graph";
import type { WeightSpec } from "../aggregator/aggregator.ts";
import { cosineLoss } from "../loss/alignment.ts";
import { huberLoss } from "../loss/huber.ts";
import type { Weights } from "../train/initialise.ts";
import { standardised } from "../train/program.ts";
import type { Standardisation } from "../train/standardise.ts";

export interface TeacherFacts {
  readonly name: string;
  /** Of its features over the tiles to learn from. */
  readonly standardisation: Standardisation;
  /** Share in the loss; all are divided by their sum. */
  readonly weight: number;
}

/** As published for the tokens of a tile. */
const COSINE = 0.9;

export function imitationWeights(dim: number, teachers: readonly TeacherFacts[]): WeightSpec[] {
  return teachers.flatMap(({ standardisation }, t): WeightSpec[] => [
    { name: `teacher.${t}.weight`, shape: [dim, standardisation.mean.length], initialisation: "glorot" },
    { name: `teacher.${t}.bias`, shape: [standardisation.mean.length], initialisation: "zeros" },
  ]);
}

/** Features [b, dim] -> a scalar. Inputs: `taught.<t>` [b, d_t], the features of teacher t as they come. */
export function imitationLoss(
  features: Tensor,
  teachers: readonly TeacherFacts[],
  weight: (name: string) => Tensor,
): Tensor {
  const whole = teachers.reduce((sum, t) => sum + t.weight, 0);
  const b = features.shape[0] ?? "b";
  const parts = teachers.map(({ standardisation, weight: own }, t) => {
    const taught = standardised(input(`taught.${t}`, [b, standardisation.mean.length]), standardisation);
    const said = linear(features, weight(`teacher.${t}.weight`), weight(`teacher.${t}.bias`));
    const part = add(mul(cosineLoss(said, taught), COSINE), mul(mean(huberLoss(said, taught)), 1 - COSINE));
    return mul(part, own / whole);
  });
  return parts.reduce((a, b) => add(a, b), constant(0));
}

/** What a fixed student says each teacher would say, standardised: `said.<t>` [n, d_t]. */
export function saidOf(features: Tensor, teachers: readonly TeacherFacts[], weights: Weights): Record<string, Tensor> {
  const dim = Number(features.shape[1]);
  return Object.fromEntries(
    teachers.map(({ standardisation }, t) => {
      const [weight, bias] = [weights[`teacher.${t}.weight`], weights[`teacher.${t}.bias`]] as [
        Float32Array,
        Float32Array,
      ];
      return [`said.${t}`, linear(features, constant(weight, [dim, standardisation.mean.length]), constant(bias))];
    }),
  );
}
