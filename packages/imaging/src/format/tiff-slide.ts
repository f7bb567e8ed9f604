/** Opens a TIFF as a slide: the table of the vendors that live in this container, and the door to them. */
import type { ByteSource } from "../bytes/byte-source.ts";
import { drive, type Reading } from "../bytes/reading.ts";
import type { Codecs } from "../codec/codec.ts";
import type { OpenOptions, Slide } from "../slide/slide.ts";
import { isNdpi, planNdpi } from "./ndpi/plan-ndpi.ts";
import { isOme, planOme } from "./ome/plan-ome.ts";
import { isPhilips, planPhilips } from "./philips.ts";
import { refuse, refusedTiff } from "./refused.ts";
import { isScn, planScn } from "./scn.ts";
import { type SlidePlan, slideOfPlan } from "./slide-plan.ts";
import { planTiff } from "./tiff-plan.ts";
import { readStart, type TiffStart } from "./tiff-start.ts";
import { TAG } from "./tiff-tags.ts";
import { isVentana, planVentana } from "./ventana/plan-ventana.ts";

interface Vendor {
  readonly isIt: (start: TiffStart) => boolean;
  readonly plan: (start: TiffStart) => Reading<SlidePlan>;
}

/** The first that recognises the file plans it; what none knows is a plain TIFF. */
const VENDORS: readonly Vendor[] = [
  { isIt: isNdpi, plan: planNdpi },
  { isIt: isScn, plan: planScn },
  { isIt: isOme, plan: planOme },
  { isIt: isVentana, plan: planVentana },
  { isIt: isPhilips, plan: planPhilips },
];

/** @throws FailureError truncated-file, hostile-file, unsupported-format, unsupported-codec, implausible-scale */
export async function openTiffSlide(
  source: ByteSource,
  codecs: Codecs,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<Slide> {
  const plan = await drive(readPlan(source, options), source, signal);
  return slideOfPlan(plan, source, codecs, options);
}

function* readPlan(source: ByteSource, options: OpenOptions): Reading<SlidePlan> {
  const start = yield* readStart(source.name, source.size, options, source.isRemote);
  const vendor = VENDORS.find((candidate) => candidate.isIt(start));
  if (vendor) return yield* vendor.plan(start);
  const refused = refusedTiff({ ...start, isMarkedNdpi: start.first.entries.has(TAG.ndpiMagic) });
  if (refused) refuse(refused, source.name);
  return yield* planTiff(start);
}
