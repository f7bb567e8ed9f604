/**
 * A slide's colours moved to those of a reference. The profile of the slide is best fitted once on many tiles and handed in;
 * without it each raster is fitted alone, and one that shows too little of a stain is given back unchanged, and that is told.
 */
import type { Outcome } from "@nacre/core";
import type { Raster } from "../slide/slide.ts";
import { leastSquares, sparseAmounts } from "./dye-amounts.ts";
import { greyTable } from "./grey-table.ts";
import { fitMacenko } from "./macenko.ts";
import { densityTables } from "./optical-density.ts";
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
  return { raster: stainMover(own.value, to)(raster), applied: { method: to.method, from: own.value, to } };
}

/**
 * What normaliseStain does, for many rasters of one slide.
 * @throws TypeError where the profiles come from different methods
 */
export function stainMover(from: StainProfile, to: StainProfile): (raster: Raster) => Raster {
  if (from.method === "reinhard" && to.method === "reinhard") return (raster) => towardsColours(raster, from, to);
  if (from.method === "reinhard" || to.method === "reinhard" || from.method !== to.method) {
    throw new TypeError(`expected a profile by ${to.method}, received one by ${from.method}; fit both alike`);
  }
  return redyer(from, to);
}

/** The amounts of both dyes, scaled to the strength of the reference, in its directions. What is neither dye is left out. */
function redyer(from: DyeProfile, to: DyeProfile): (raster: Raster) => Raster {
  const unmix =
    from.method === "macenko"
      ? leastSquares(from.haematoxylin, from.eosin)
      : sparseAmounts(from.haematoxylin, from.eosin, SPARSITY);
  const [red, green, blue] = densityTables(from.white);
  const gain = [to.strength[0] / from.strength[0], to.strength[1] / from.strength[1]] as const;
  const greys = [greyTable(to.white[0]), greyTable(to.white[1]), greyTable(to.white[2])] as const;
  const amounts = new Float64Array(2);
  return ({ width, height, data: own }) => {
    const data = new Uint8Array(own.length);
    for (let p = 0; p < data.length; p += 3) {
      const r = red[own[p] as number] as number;
      const g = green[own[p + 1] as number] as number;
      const b = blue[own[p + 2] as number] as number;
      unmix(r, g, b, amounts, 0);
      const h = (amounts[0] as number) * gain[0];
      const e = (amounts[1] as number) * gain[1];
      for (let c = 0; c < 3; c++) {
        data[p + c] = greys[c as 0](h * to.haematoxylin[c as 0] + e * to.eosin[c as 0]);
      }
    }
    return { width, height, data };
  };
}
