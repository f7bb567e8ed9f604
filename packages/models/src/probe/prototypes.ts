/**
 * Prototypes (SimpleShot: Wang, Chao, Weinberger and van der Maaten 2019): rows are centred by the train mean and brought to
 * length 1; a class is the mean of its rows; the nearest mean wins. Probabilities are softmax(-distance^2 / T) as in prototypical
 * networks (Snell, Swersky and Zemel 2017). Departure: T is found on the tune part where there is one (it never changes which
 * class is nearest), since with rows of length 1 and T = 1 every probability is near 1 / k.
 */
import { ok } from "@nacre/core";
import { flagOption } from "../aggregator/option.ts";
import { checkParts } from "./check-part.ts";
import type { Embeddings } from "./embeddings.ts";
import { fittedProbe } from "./fitted.ts";
import { defineProbe } from "./probe.ts";
import { scalingOf } from "./scale.ts";
import { toProbabilities } from "./softmax-loss.ts";
import { temperatureFor } from "./temperature.ts";
import { type Preparation, prepareRows } from "./unit-rows.ts";
import { squaredDistance } from "./vector.ts";

export const prototypesProbe = defineProbe({
  name: "prototypes",
  title: "Prototypes",
  paper:
    "Wang, Chao, Weinberger and van der Maaten 2019, SimpleShot: revisiting nearest-neighbor classification for few-shot learning",
  kinds: ["classify"],
  options: {
    centred: flagOption(true, "subtract the train mean"),
    unit: flagOption(true, "bring rows to length 1"),
    tempered: flagOption(true, "find the temperature of the probabilities on the tune part; else 1"),
  },
  fit(train, tune, options) {
    const checked = checkParts(train, tune, { kinds: ["classify"], owner: "prototypes" });
    if (!checked.ok) return checked;
    const { embeddings, labels } = checked.value.train;
    const { d } = embeddings;
    const { k } = labels;
    const preparation: Preparation = {
      centre: options.centred ? scalingOf(embeddings, false).centre : null,
      unit: options.unit,
    };
    const means = classMeans(prepareRows(embeddings, preparation), d, labels);
    const logits = (asked: Embeddings): Float64Array => {
      const rows = prepareRows(asked, preparation);
      return Float64Array.from(
        { length: asked.n * k },
        (_, at) => -squaredDistance(rows, Math.floor(at / k) * d, means, (at % k) * d, d),
      );
    };
    const judged = options.tempered ? checked.value.tune : null;
    const temperature = judged === null ? 1 : temperatureFor(logits(judged.embeddings), judged.labels.label, k);
    return ok(
      fittedProbe({ kind: "classify", d, k, tried: [], chosen: [temperature] }, (asked) => {
        const out = logits(asked).map((value) => value / temperature);
        for (let i = 0; i < asked.n; i++) toProbabilities(out.subarray(i * k, (i + 1) * k));
        return out;
      }),
    );
  },
});

/** The mean row of each class, row-major [k, d]. Every class has a row. */
function classMeans(
  rows: Float64Array,
  d: number,
  { label, k }: { label: ArrayLike<number>; k: number },
): Float64Array {
  const means = new Float64Array(k * d);
  const counts = new Float64Array(k);
  for (let i = 0; i < label.length; i++) {
    const c = label[i] as number;
    counts[c] = (counts[c] as number) + 1;
    for (let j = 0; j < d; j++) means[c * d + j] = (means[c * d + j] as number) + (rows[i * d + j] as number);
  }
  return means.map((sum, at) => sum / (counts[Math.floor(at / d)] as number));
}
