/** The same shared disk under two names: `--map FROM=TO` says that what the service calls FROM is called TO here. */
import { fail, type Outcome, ok } from "@nacre/core";
import type { Study } from "@nacre/pipeline";

export interface PathRule {
  readonly from: string;
  readonly to: string;
}

/** Reads `FROM=TO`. Failures: bad-usage. */
export function readPathRule(text: string): Outcome<PathRule> {
  const at = text.indexOf("=");
  const from = withoutEnd(text.slice(0, Math.max(0, at)));
  const to = withoutEnd(text.slice(at + 1));
  if (at > 0 && from !== "" && to !== "") return ok({ from, to });
  return fail("bad-usage", {
    expected: "--map FROM=TO, two folders",
    received: text,
    remedy: "for example --map /srv/archive=/mnt/archive",
  });
}

/** A path by the longest rule that holds for it; as it is where none does. */
export function mapPath(path: string, rules: readonly PathRule[]): string {
  const [rule] = rules
    .filter(({ from }) => path === from || path.startsWith(`${from}/`))
    .sort((a, b) => b.from.length - a.from.length);
  return rule === undefined ? path : rule.to + path.slice(rule.from.length);
}

/** Every path of a study. */
export function mapStudy(study: Study, rules: readonly PathRule[]): Study {
  if (rules.length === 0) return study;
  const map = (path: string): string => mapPath(path, rules);
  const { splits } = study.split;
  return {
    ...study,
    file: map(study.file),
    cohort: map(study.cohort),
    ...(study.slides === undefined ? {} : { slides: map(study.slides) }),
    ...(study.features === undefined ? {} : { features: map(study.features) }),
    encoder: map(study.encoder),
    fit: { ...study.fit, from: study.fit.from === null ? null : map(study.fit.from) },
    split: { ...study.split, ...(splits === undefined ? {} : { splits: [splits].flat().map(map) }) },
  };
}

function withoutEnd(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
