/** What a study calls its aggregator: an aggregator, or a probe of the mean of the tiles. */
import { fail, nearestName, type Outcome, ok, type Task } from "@nacre/core";
import {
  aggregators,
  chooseAggregator,
  chooseProbe,
  type ProbeInfo,
  type ProbeSpec,
  probes,
  suitsLoss,
  suitsSampling,
  suitsTask,
} from "@nacre/models";
import { readFirstWeights } from "../fit/first-weights-file.ts";
import type { Study } from "./read-study.ts";
import type { StudyFile } from "./study-schema.ts";

type AggregatorFile = StudyFile["aggregator"];

/** Names of probes in a study; the linear probe says there what it is. */
const PROBE_NAMES: ReadonlyMap<string, string> = new Map(probes().map(({ name }) => [studyName(name), name]));

/** The probes by the names a study gives them. */
export function studyProbes(): readonly ProbeInfo[] {
  return probes().map((probe) => ({ ...probe, name: studyName(probe.name) }));
}

function studyName(name: string): string {
  return name === "linear" ? "linear-probe" : name;
}

/** The probe a study asks for; null where it asks for an aggregator. */
export function probeOf({ name, ...options }: AggregatorFile): ProbeSpec | null {
  const probe = PROBE_NAMES.get(name);
  return probe === undefined ? null : { ...options, name: probe };
}

/** Checks name, options and kind of task. Failures: bad-study. */
export function checkModel(study: Study, question: Task): Outcome<null> {
  const { aggregator, fit, covariates } = study;
  const probe = probeOf(aggregator);
  if (probe === null) {
    if (!aggregators().some(({ name }) => name === aggregator.name)) return unknownName(aggregator.name);
    const chosen = chooseAggregator(aggregator, fit.dropout);
    if (!chosen.ok) return chosen;
    const checks = [
      () => suitsTask(chosen.value.aggregator, question),
      () => suitsLoss(question, fit),
      () => suitsSampling(question, fit.sampling),
      () => checkFirstWeights(fit.from),
    ];
    for (const check of checks) {
      const checked = check();
      if (!checked.ok) return checked;
    }
    return ok(null);
  }
  const chosen = chooseProbe(probe);
  if (!chosen.ok) return chosen;
  const { kinds } = chosen.value;
  if (!kinds.some((kind) => kind === question.kind)) return otherKind(aggregator.name, kinds, question.kind);
  if (covariates.length === 0) return ok(null);
  return fail("bad-study", {
    expected: `no covariates: with ${aggregator.name}, which sees the mean of the tiles alone`,
    received: covariates.join(", "),
    remedy: "leave them out, or choose an aggregator such as mean",
  });
}

/** Whether the file that the fit is to begin with is there and holds weights. What they are for shows when the model is made. */
function checkFirstWeights(path: string | null): Outcome<null> {
  const read = path === null ? ok(null) : readFirstWeights(path);
  return read.ok ? ok(null) : read;
}

function unknownName(name: string): Outcome<never> {
  const known = [...aggregators().map((a) => a.name), ...PROBE_NAMES.keys()];
  const near = nearestName(name, known);
  return fail("bad-study", {
    expected: `an aggregator: ${known.join(", ")}`,
    received: name,
    remedy: near === null ? "use a name of this list, or leave it out" : `did you mean ${near}`,
  });
}

function otherKind(name: string, kinds: readonly string[], kind: string): Outcome<never> {
  return fail("bad-study", {
    expected: `a task of kind ${kinds.join(" or ")} for ${name}`,
    received: kind,
    remedy: "choose another aggregator; abmil takes every task",
  });
}
