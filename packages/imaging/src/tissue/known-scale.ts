/** The scale of a slide, for everything that is measured in micrometres. */
import { fail, type Mpp, type Outcome, ok } from "@nacre/core";
import type { SlideInfo } from "../slide/slide.ts";

/** Micrometres per pixel at level 0, or `no-scale`, or `implausible-scale` where the file's own cannot be believed. */
export function knownScale(info: SlideInfo): Outcome<Mpp> {
  if (info.mpp !== null) return ok(info.mpp);
  return fail(info.mppInFile === null ? "no-scale" : "implausible-scale", {
    expected: "a slide whose scale is known, since tissue and tiles have physical sizes",
    received: info.mppInFile === null ? "a file that does not say it" : `${info.mppInFile} um/px in the file`,
    remedy: "give it in an mpp column of the cohort file, or with --mpp",
  });
}
