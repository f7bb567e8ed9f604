/**
 * Which methods keep to the multiple instance assumption: the three unit tests of Raff and Holt 2023 on every aggregator. What is expected is what the
 * table of docs/methods/README.md says, pass or fail; a verdict that hangs on the seed is not asserted. In training the wrong rule is the easiest one,
 * so a method that breaks the assumption falls below 1/2 in the test.
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { aggregators } from "../src/index.ts";
import { UNIT_TESTS, type UnitTest } from "./unit-test-bags.ts";
import { areasOf, type Method } from "./unit-test-verdict.ts";

const SMALL = { hidden: 32, attention: 16 };
const BRANCHES = { segment1: 16, segment2: 64, segment3: 512, segment4: 0, segment5: 0 };

const quick: readonly Method[] = [
  ["mean", { name: "mean" }, { lr: 1e-2 }],
  ["max", { name: "max" }, { lr: 1e-2 }],
  ["top-k", { name: "top-k" }, { lr: 5e-3 }],
  ["per-tile", { name: "per-tile", hidden: 32 }, { lr: 2e-3 }],
  ["per-tile, noisyOr", { name: "per-tile", hidden: 32, noisyOr: true }, { lr: 2e-3 }],
  ["abmil", { name: "abmil", ...SMALL }, { lr: 2e-3 }],
  ["clam-sb", { name: "clam-sb", ...SMALL }, { lr: 2e-3 }],
  ["clam-mb", { name: "clam-mb", ...SMALL }, { lr: 2e-3 }],
  ["toad", { name: "toad", ...SMALL }, { lr: 2e-3 }],
  ["chief", { name: "chief", ...SMALL }, { lr: 2e-3 }],
  ["dsmil", { name: "dsmil", query: 16, values: true }, { lr: 2e-3 }],
];

/** Tiles see each other: a step costs several times as much, and fewer epochs are enough. */
const slow: readonly Method[] = [
  ["transmil", { name: "transmil", heads: 2, headWidth: 8, landmarks: 8, iterations: 3 }, { lr: 1e-3, epochs: 10 }],
  ["set-transformer", { name: "set-transformer", heads: 2, headWidth: 8, ratio: 1 }, { lr: 3e-3, epochs: 10 }],
  ["genbloom", { name: "genbloom", heads: 2, headWidth: 8, layers: 2, ratio: 1 }, { lr: 3e-3, epochs: 10 }],
  [
    "longnet",
    { name: "longnet", width: 16, layers: 2, layer: 1, heads: 4, ffn: 32, dropout: 0, ...BRANCHES },
    { lr: 2e-3, epochs: 10 },
  ],
];

const methods = [...quick, ...slow];
const page = (name: string): string =>
  readFileSync(new URL(`../../../docs/methods/${name}.md`, import.meta.url), "utf8");

/** Cells of a method's row of the table: without poison, then the three tests. */
function told(title: string): string[] {
  const row = page("README")
    .split("\n")
    .find((line) => line.startsWith(`| ${title} |`));
  if (row === undefined) throw new Error(`expected a row for ${title} in docs/methods/README.md, received none`);
  return row.split("|").slice(2, -1);
}

it("every aggregator has a verdict, and its page tells it", () => {
  expect([...new Set(methods.map(([, { name }]) => name))]).toEqual(aggregators().map(({ name }) => name));
  for (const [title, { name }] of methods) {
    const verdicts = told(title).slice(1);
    const words = verdicts.map((cell, i) => `${UNIT_TESTS[i]} ${/fails|passes|open/.exec(cell)?.[0]}`);
    expect(page(name), title).toContain(words.join(", "));
  }
});

const asserted = methods.flatMap((method) =>
  told(method[0])
    .slice(1)
    .flatMap((cell, i) => {
      const word = /fails|passes/.exec(cell)?.[0];
      return word === undefined ? [] : [{ title: method[0], method, test: UNIT_TESTS[i] as UnitTest, word }];
    }),
);

it.each(asserted)("$title: $test $word, as its documentation says", async ({ method, test, word }) => {
  const areas = await areasOf(method, test);
  expect(areas.test < 0.5 ? "fails" : "passes").toBe(word);
});

it.each(quick)("%s learns the two concepts where nothing else tells the classes apart", async (...method) => {
  const areas = await areasOf(method, "multi-concept", { isPoisoned: false });
  expect(Math.min(areas.train, areas.test)).toBeGreaterThan(0.6);
});
