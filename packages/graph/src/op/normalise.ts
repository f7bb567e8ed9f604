/** Layers that set the scale of their input. */
import { dimAt } from "../shape.ts";
import { operators, type Tensor } from "../tensor.ts";
import { cast } from "./compare.ts";
import { mul, sub } from "./elementwise.ts";
import { mean } from "./reduce.ts";
import { sumToShape } from "./sum.ts";

/**
 * Each row of the last axis (length d) brought to mean 0 and variance 1, then times `gain` plus `bias`, both [d]
 * (Ba et al. 2016, equation 4).
 */
export function layerNorm(x: Tensor, gain: Tensor, bias: Tensor, epsilon = 1e-5): Tensor {
  const d = dimAt(x.shape, -1);
  if (gain.shape.length !== 1 || gain.shape[0] !== d || bias.shape.length !== 1 || bias.shape[0] !== d) {
    throw new RangeError(`expected gain and bias of length ${d}, received ${gain.shape} and ${bias.shape}`);
  }
  // The runtime gives mean and inverse deviation in float32 whatever the type of x.
  const perRow = { shape: [...x.shape.slice(0, -1), 1], dtype: "float32" } as const;
  const outputs = operators("LayerNormalization", [x, gain, bias], [x, perRow, perRow], {
    attributes: { axis: -1, epsilon: { float: epsilon } },
    pullbacks: [
      (g) => {
        const unit = standardised();
        const scaled = mul(g, gain);
        const along = mul(unit, mean(mul(scaled, unit), { axes: [-1], keep: true }));
        return mul(inverseDeviation, sub(sub(scaled, mean(scaled, { axes: [-1], keep: true })), along));
      },
      (g) => sumToShape(mul(g, standardised()), gain),
      (g) => sumToShape(g, bias),
    ],
  });
  const [y, ...perRowNumbers] = outputs as [Tensor, Tensor, Tensor];
  const [centre, inverseDeviation] = perRowNumbers.map((t) => cast(t, x.dtype)) as [Tensor, Tensor];
  const standardised = (): Tensor => mul(sub(x, centre), inverseDeviation);
  return y;
}
