/** The plan of a TIFF by its vendor. Layouts whose texts nobody listed refuse: what is not known is not passed on. */
import type { Reading } from "../../bytes/reading.ts";
import { isNdpi } from "../../format/ndpi/plan-ndpi.ts";
import { isOme } from "../../format/ome/plan-ome.ts";
import { isPhilips } from "../../format/philips.ts";
import { refuse, refusedTiff } from "../../format/refused.ts";
import { isScn } from "../../format/scn.ts";
import type { TiffStart } from "../../format/tiff-start.ts";
import { TAG } from "../../format/tiff-tags.ts";
import { isVentana } from "../../format/ventana/plan-ventana.ts";
import { refuseDeid } from "../report.ts";
import type { DeidPlan } from "./plan.ts";
import { planGenericDeid } from "./plan-generic.ts";
import { planOmeDeid } from "./plan-ome-deid.ts";
import { planNdpiDeid, planPhilipsDeid, planScnDeid, planVentanaDeid } from "./plan-vendors.ts";

/** @throws FailureError refused, hostile-file, truncated-file, unsupported-format */
export function* planDeid(start: TiffStart): Reading<DeidPlan> {
  const plan = yield* planOf(start);
  if (plan.kept.length > 0) return plan;
  return refuseDeid("a picture of the scan", "none beside label and macro", "name the slide file itself");
}

function* planOf(start: TiffStart): Reading<DeidPlan> {
  if (isNdpi(start)) return yield* planNdpiDeid(start);
  if (isScn(start)) return yield* planScnDeid(start);
  if (isOme(start)) return yield* planOmeDeid(start);
  if (isVentana(start)) return yield* planVentanaDeid(start);
  if (isPhilips(start)) return yield* planPhilipsDeid(start);
  const refused = refusedTiff({ ...start, isMarkedNdpi: start.first.entries.has(TAG.ndpiMagic) });
  if (refused) refuse(refused, start.tiff.name);
  return yield* planGenericDeid(start);
}
