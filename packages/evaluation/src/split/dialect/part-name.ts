/** The words for the parts of a split in other people's files. */
import type { Role } from "@nacre/core";

const PART_NAMES: Readonly<Record<string, Role>> = {
  train: "train",
  training: "train",
  tune: "tune",
  tuning: "tune",
  dev: "tune",
  val: "tune",
  valid: "tune",
  validation: "tune",
  validate: "tune",
  test: "test",
  testing: "test",
  holdout: "test",
  external: "external",
};
const OWN_TUNE = new Set(["tune", "tuning"]);

/** What a header may add to the name of a part: `train_slide_id`, `val ids`. */
const ID_SUFFIX = /[ _-](slide_?ids?|slides?|case_?ids?|cases?|patient_?ids?|patients?|ids?|set|split)$/;

/** The part a name stands for; foreign `val` is our `tune`. */
export function partNamed(name: string): Role | null {
  return PART_NAMES[name.trim().toLowerCase()] ?? null;
}

/** The part whose ids a column with this header lists. */
export function partOfHeader(name: string): Role | null {
  return partNamed(name.trim().toLowerCase().replace(ID_SUFFIX, ""));
}

/** True for `val` and its kin: a part that others may report, which our own word `tune` excludes. */
export function isForeignTune(name: string): boolean {
  const bare = name.trim().toLowerCase().replace(ID_SUFFIX, "");
  return PART_NAMES[bare] === "tune" && !OWN_TUNE.has(bare);
}
