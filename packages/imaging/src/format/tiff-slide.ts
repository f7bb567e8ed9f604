/** Opens a TIFF as a slide: the table of the vendors that live in this container, and the door to them. */
import type { ByteSource } from "../bytes/byte-source.ts";
import { drive, type Reading } from "../bytes/reading.ts";
import type { Codecs } from "../codec/codec.ts";
import type { OpenOptions, Slide } from "../slide/slide.ts";
import { isNdpi, planNdpi } from "./ndpi/plan-ndpi.ts";
import { openOmeSlide } from "./ome/open-ome.ts";
import { isOme } from "./ome/plan-ome.ts";
import { isPhilips, planPhilips } from "./philips.ts";
import { refuse, refusedTiff } from "./refused.ts";
import { isScn, planScn } from "./scn.ts";
import { type SlidePlan, slideOfPlan } from "./slide-plan.ts";
import { planTiff } from "./tiff-plan.ts";
import { readStart, type TiffStart } from "./tiff-start.ts";
import { TAG } from "./tiff-tags.ts";
import { isVentana, planVentana } from "./ventana/plan-ventana.ts";

/** A vendor plans the slide of one file, or opens it where it may need others. */
type Vendor = { readonly isIt: (start: TiffStart) => boolean } & (
  | { readonly plan: (start: TiffStart) => Reading<SlidePlan> }
  | {
      readonly open: (start: TiffStart, source: ByteSource, codecs: Codecs, signal?: AbortSignal) => Promise<Slide>;
    }
);

/** The first that recognises the file; what none knows is a plain TIFF. */
const VENDORS: readonly Vendor[] = [
  { isIt: isNdpi, plan: planNdpi },
  { isIt: isScn, plan: planScn },
  { isIt: isOme, open: openOmeSlide },
  { isIt: isVentana, plan: planVentana },
  { isIt: isPhilips, plan: planPhilips },
];

/** @throws FailureError truncated-file, hostile-file, missing-file, unsupported-format, unsupported-codec, implausible-scale */
export async function openTiffSlide(
  source: ByteSource,
  codecs: Codecs,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<Slide> {
  const start = await drive(readStart(source.name, source.size, options, source.isRemote), source, signal);
  const vendor = VENDORS.find((candidate) => candidate.isIt(start));
  if (vendor && "open" in vendor) return vendor.open(start, source, codecs, signal);
  const plan = await drive((vendor?.plan ?? planPlain)(start), source, signal);
  return slideOfPlan(plan, source, codecs, options);
}

function* planPlain(start: TiffStart): Reading<SlidePlan> {
  const refused = refusedTiff({ ...start, isMarkedNdpi: start.first.entries.has(TAG.ndpiMagic) });
  if (refused) refuse(refused, start.tiff.name);
  return yield* planTiff(start);
}
