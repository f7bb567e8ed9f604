/**
 * A slide's colours moved to those of a reference. The profile of the slide is best fitted once on many tiles and handed in;
 * without it each raster is fitted alone, and one that shows too little of a stain is given back unchanged, and that is told.
 */
import type { Outcome } from "@nacre/core";
import type { Raster } from "../slide/slide.ts";
import { leastSquares, sparseAmounts } from "./dye-amounts.ts";
import { fitMacenko } from "./macenko.ts";
import { densityTables, greyOf } from "./optical-density.ts";
import { fitReinhard, towardsColours } from "./reinhard.ts";
import type { DyeProfile, Stained, StainFitOptions, StainMethod, StainProfile } from "./stain-profile.ts";
import { fitVahadane, SPARSITY } from "./vahadane.ts";

/** The stain of one raster or of many tiles of one slide. Fails with no-tissue (blank) or too-few (one dye, one colour). */
export function fitStain(
  method: StainMethod,
  rasters: readonly Raster[],
  options: StainFitOptions = {},
): Outcome<StainProfile> {
  switch (method) {
    case "macenko":
      return fitMacenko(rasters, options);
    case "vahadane":
      return fitVahadane(rasters, options);
    case "reinhard":
      return fitReinhard(rasters, options);
  }
}

/**
 * `raster` in the colours of `to`. `from` is the profile of its slide, by the same method; left out, it is fitted here.
 * @throws TypeError where the profiles come from different methods
 */
export function normaliseStain(raster: Raster, to: StainProfile, from?: StainProfile): Stained {
  const own =
    from === undefined ? fitStain(to.method, [raster], { white: to.white }) : { ok: true as const, value: from };
  if (!own.ok) return { raster, applied: { method: "none", why: own.failure } };
  const applied = { method: to.method, from: own.value, to };
  if (own.value.method === "reinhard" && to.method === "reinhard") {
    return { raster: towardsColours(raster, own.value, to), applied };
  }
  if (own.value.method === "reinhard" || to.method === "reinhard" || own.value.method !== to.method) {
    throw new TypeError(`expected a profile by ${to.method}, received one by ${own.value.method}; fit both alike`);
  }
  return { raster: redyed(raster, own.value, to), applied };
}

/** The amounts of both dyes, scaled to the strength of the reference, in its directions. What is neither dye is left out. */
function redyed(raster: Raster, from: DyeProfile, to: DyeProfile): Raster {
  const unmix =
    from.method === "macenko"
      ? leastSquares(from.haematoxylin, from.eosin)
      : sparseAmounts(from.haematoxylin, from.eosin, SPARSITY);
  const [red, green, blue] = densityTables(from.white);
  const gain = [to.strength[0] / from.strength[0], to.strength[1] / from.strength[1]] as const;
  const amounts = new Float64Array(2);
  const data = new Uint8Array(raster.data.length);
  for (let p = 0; p < data.length; p += 3) {
    const r = red[raster.data[p] as number] as number;
    const g = green[raster.data[p + 1] as number] as number;
    const b = blue[raster.data[p + 2] as number] as number;
    unmix(r, g, b, amounts, 0);
    const h = (amounts[0] as number) * gain[0];
    const e = (amounts[1] as number) * gain[1];
    for (let c = 0; c < 3; c++) {
      data[p + c] = greyOf(h * to.haematoxylin[c as 0] + e * to.eosin[c as 0], to.white[c as 0]);
    }
  }
  return { width: raster.width, height: raster.height, data };
}
