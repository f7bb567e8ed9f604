/** The aggregators there are. Adding one is a file, a line here and a line that runs the contract test. */
import { fail, type Outcome, ok, type Task } from "@nacre/core";
import { abmil } from "./abmil.ts";
import type { Aggregator } from "./aggregator.ts";
import { chief } from "./chief.ts";
import { clamMb } from "./clam-mb.ts";
import { clamSb } from "./clam-sb.ts";
import { dsmil } from "./dsmil.ts";
import { genbloom } from "./genbloom.ts";
import { longnet } from "./longnet.ts";
import { maxAggregator } from "./max.ts";
import { meanAggregator } from "./mean.ts";
import { guess, type OptionTable, type OptionValues, readOptions } from "./option.ts";
import { perTile } from "./per-tile.ts";
import { setTransformer } from "./set-transformer.ts";
import { toad } from "./toad.ts";
import { topKAggregator } from "./top-k.ts";
import { transmil } from "./transmil.ts";

const AGGREGATORS: readonly Aggregator[] = [
  meanAggregator,
  maxAggregator,
  topKAggregator,
  perTile,
  abmil,
  clamSb,
  clamMb,
  toad,
  chief,
  dsmil,
  transmil,
  setTransformer,
  genbloom,
  longnet,
];

/** What a study file says: a name, and options beside it. */
export interface AggregatorSpec {
  readonly name: string;
  readonly [option: string]: unknown;
}

export interface AggregatorInfo {
  readonly name: string;
  readonly title: string;
  readonly paper: string;
  /** Kinds of task it is made for; null for all. */
  readonly kinds: readonly Task["kind"][] | null;
  readonly options: OptionTable;
}

/** An aggregator with every option settled. */
export interface ChosenAggregator {
  readonly aggregator: Aggregator;
  readonly options: OptionValues;
}

/** Every aggregator, in the order in which they are told to users. */
export function aggregators(): readonly AggregatorInfo[] {
  return AGGREGATORS.map(({ name, title, paper, kinds = null, options }) => ({ name, title, paper, kinds, options }));
}

/**
 * The aggregator a study asks for, with defaults filled in. `dropout` (a rate, or null for the aggregator's own) replaces the
 * option of that name where there is one. Fails with `bad-study`: unknown name or option, naming the nearest known one.
 */
export function chooseAggregator(spec: AggregatorSpec, dropout: number | null = null): Outcome<ChosenAggregator> {
  const { name, ...given } = spec;
  const aggregator = AGGREGATORS.find((candidate) => candidate.name === name);
  if (aggregator === undefined) {
    const known = AGGREGATORS.map((candidate) => candidate.name);
    return fail("bad-study", {
      expected: `an aggregator: ${known.join(", ")}`,
      received: String(name),
      remedy: guess(String(name), known),
    });
  }
  const isDropoutKnown = dropout !== null && Object.hasOwn(aggregator.options, "dropout");
  const options = readOptions(aggregator.options, isDropoutKnown ? { dropout, ...given } : given, name);
  if (!options.ok) return options;
  const checked = aggregator.check?.(options.value) ?? ok(null);
  return checked.ok ? ok({ aggregator, options: options.value }) : checked;
}

/** Whether an aggregator is made for a kind of task. Fails with `bad-study`. */
export function suitsTask({ name, kinds }: Aggregator, { kind }: Task): Outcome<null> {
  if (kinds === undefined || kinds.includes(kind)) return ok(null);
  return fail("bad-study", {
    expected: `a task of kind ${kinds.join(" or ")} for ${name}`,
    received: kind,
    remedy: "choose another aggregator; abmil takes every task",
  });
}
