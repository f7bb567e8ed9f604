/** The probes there are. Adding one is a file, a line here and a line that runs the contract test. */
import { fail, type Outcome, ok } from "@nacre/core";
import { guess, type OptionTable, readOptions } from "../aggregator/option.ts";
import { coxProbe } from "./cox-probe.ts";
import { elasticNetProbe } from "./elastic-net-probe.ts";
import { knnProbe } from "./knn.ts";
import { linearProbe } from "./linear-probe.ts";
import type { FittedProbe, Probe, ProbeKind, ProbePart } from "./probe.ts";
import { prototypesProbe } from "./prototypes.ts";

const PROBES: readonly Probe[] = [linearProbe, knnProbe, prototypesProbe, elasticNetProbe, coxProbe];

/** What a study file says: a name, and options beside it. */
export interface ProbeSpec {
  readonly name: string;
  readonly [option: string]: unknown;
}

export interface ProbeInfo {
  readonly name: string;
  readonly title: string;
  readonly paper: string;
  readonly kinds: readonly ProbeKind[];
  readonly options: OptionTable;
}

/** Every probe, in the order in which they are told to users. */
export function probes(): readonly ProbeInfo[] {
  return PROBES.map(({ name, title, paper, kinds, options }) => ({ name, title, paper, kinds, options }));
}

/** A probe with every option settled, ready to fit. */
export interface ChosenProbe extends ProbeInfo {
  /** Learns from train and makes its choices on tune; see `Probe.fit` for how it fails. */
  fit(train: ProbePart, tune: ProbePart | null): Outcome<FittedProbe>;
}

/**
 * The probe a study asks for, with defaults filled in. Fails with `bad-study`: unknown name or option, naming the nearest known one.
 * @example unwrap(chooseProbe({ name: "knn", neighbours: 5 })).fit(train, null)
 */
export function chooseProbe({ name, ...given }: ProbeSpec): Outcome<ChosenProbe> {
  const probe = PROBES.find((candidate) => candidate.name === name);
  if (probe === undefined) {
    const known = PROBES.map((candidate) => candidate.name);
    return fail("bad-study", {
      expected: `a probe: ${known.join(", ")}`,
      received: String(name),
      remedy: guess(String(name), known),
    });
  }
  const options = readOptions(probe.options, given, name);
  if (!options.ok) return options;
  const { title, paper, kinds } = probe;
  return ok({
    name,
    title,
    paper,
    kinds,
    options: probe.options,
    fit: (train, tune) => probe.fit(train, tune, options.value),
  });
}
