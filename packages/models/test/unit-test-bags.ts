/**
 * The three data sets of Raff and Holt 2023 (Reproducibility in multiple instance learning: a case for algorithmic unit tests, algorithms
 * 1 to 3), written from the paper's description. Distributions as a public implementation states them; where that draws a constant
 * concept, the concept is drawn. Numbers of tiles and bags are ours. In each of them a rule that a multiple instance learner must not use
 * is the easiest one in training, and wrong in the test.
 */
import { type Bag, type Random, randomStream } from "@nacre/core";
import { type BagSource, bagsInMemory, type Labelled } from "../src/index.ts";
import { bagOf } from "./planted-bags.ts";

export type UnitTest = "single-concept" | "multi-concept" | "false-frequency";
export const UNIT_TESTS: readonly UnitTest[] = ["single-concept", "multi-concept", "false-frequency"];

export interface UnitTestBags {
  readonly source: BagSource;
  readonly train: readonly Labelled<number>[];
  readonly tune: readonly Labelled<number>[];
  readonly test: readonly Labelled<number>[];
}

/** Mean and deviation of each feature of a tile. */
type Kind = readonly [mean: number, deviation: number];

const D = 16;
const NOISE: Kind = [0, 1];
const POISON: Kind = [-10, 0.1];
const [FIRST, SECOND]: readonly [Kind, Kind] = [
  [2, 0.1],
  [3, 0.1],
];

/** Bags of one of the tests. Without poison the first two ask only whether the concept can be learned. */
export function unitTestBags(test: UnitTest, seed: number, isPoisoned = true): UnitTestBags {
  const bags = new Map<string, Bag>();
  const draw = (part: "train" | "tune" | "test", count: number): Labelled<number>[] => {
    const random = randomStream(seed, test, part);
    return Array.from({ length: count }, (_, i) => {
      const [id, label] = [`${part}-${i}`, i % 2];
      const isSpoiled = isPoisoned && label === (part === "test" ? 1 : 0);
      const kinds = KINDS[test]({ random, label, isTest: part === "test" });
      bags.set(id, bagOfKinds([...kinds, ...(isSpoiled && test !== "false-frequency" ? [POISON] : [])], random));
      return { id, label };
    });
  };
  const size = test === "false-frequency" ? 96 : 48; // no easy rule tells its classes apart: it takes more to learn
  const [train, tune, held] = [draw("train", size), draw("tune", 16), draw("test", 60)];
  return { source: bagsInMemory(bags), train, tune, test: held };
}

interface Drawn {
  readonly random: Random;
  readonly label: number;
  readonly isTest: boolean;
}

const KINDS: Readonly<Record<UnitTest, (drawn: Drawn) => readonly Kind[]>> = {
  /** One tile of either kind makes a bag positive. */
  "single-concept": ({ random, label }) => [
    ...times(10, NOISE),
    ...(label === 0
      ? []
      : Array.from({ length: 1 + random.below(3) }, (): Kind => (random.below(2) === 0 ? [0, 3] : [1, 1]))),
  ],
  /** Two concepts make a bag positive together; negative bags hold one of them. */
  "multi-concept": ({ random, label }) => {
    const count = 1 + random.below(3);
    const concepts = label === 1 ? [...times(count, FIRST), ...times(count, SECOND)] : [either(random)];
    return [...times(1 + random.below(9), NOISE), ...concepts];
  },
  /** The same two concepts, and no poison; in the test negative bags hold one concept many times. */
  "false-frequency": ({ random, label, isTest }) => {
    const concepts = label === 1 ? [FIRST, SECOND] : times(isTest ? 35 + random.below(10) : 1, either(random));
    return [...times(1 + random.below(9), NOISE), ...concepts];
  },
};

function either(random: Random): Kind {
  return random.below(2) === 0 ? FIRST : SECOND;
}

function times(count: number, kind: Kind): Kind[] {
  return Array.from({ length: count }, () => kind);
}

/** Tiles of these kinds in a random order, which some methods look at. */
function bagOfKinds(kinds: readonly Kind[], random: Random): Bag {
  const rows = random
    .shuffled(kinds)
    .flatMap(([mean, deviation]) => Array.from({ length: D }, () => mean + deviation * random.normal()));
  return bagOf(Float32Array.from(rows), D);
}
