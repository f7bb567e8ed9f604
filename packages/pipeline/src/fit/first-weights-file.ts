/** The file of weights that a fit begins with (`fit.from`). */
import { basename } from "node:path";
import { fail, type Outcome } from "@nacre/core";
import { readWeights } from "@nacre/graph";
import { type FirstWeights, firstWeightsOf } from "@nacre/models";
import { readBytes } from "../study/read-text.ts";
import type { StudyFit } from "../study/study-schema.ts";

/** Failures: bad-study (no such file), no-permission, and those of a file of weights. */
export function readFirstWeights(path: string): Outcome<FirstWeights> {
  const bytes = readBytes(path);
  if (!bytes.ok) {
    if (bytes.failure.kind !== "missing-file") return bytes;
    return fail("bad-study", {
      expected: "a file of weights at fit.from",
      received: bytes.failure.received,
      remedy: "check the path, which begins at the folder of the study file; or leave fit.from out",
    });
  }
  const archive = readWeights(bytes.value, path);
  return archive.ok ? firstWeightsOf(archive.value) : archive;
}

/** The options of a fit as records tell them: the file by its name, not by a path of this machine. */
export function withoutPath(fit: StudyFit): StudyFit {
  return { ...fit, from: fit.from === null ? null : basename(fit.from) };
}
