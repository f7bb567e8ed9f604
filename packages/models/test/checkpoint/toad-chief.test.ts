import { readFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { archiveOf } from "../../src/checkpoint/nested.ts";
import { checkpointOf, compareWithOriginal, encodeImported, importCheckpoint, predict } from "../../src/index.ts";
import { relativeError } from "../golden.ts";
import { bagOf } from "../planted-bags.ts";

interface Recorded {
  readonly weights: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly [other: string]: unknown;
}

const recorded = (method: string): Recorded =>
  JSON.parse(readFileSync(new URL(`../golden/parity-${method}.json`, import.meta.url), "utf8"));
const compare = (method: string, file: unknown) => compareWithOriginal(unwrap(checkpointOf(method)), file, openSession);

/** Keys with a module's number in the place of another: a file fitted without dropout. */
const withoutDropout = (weights: Recorded["weights"], modules: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(weights).map(([key, value]) => [
      key.replace(/^attention_net\.(\d)/, (all, place: string) =>
        modules[place] ? `attention_net.${modules[place]}` : all,
      ),
      value,
    ]),
  );

describe.each([
  ["toad", { "3": "2", "6": "4" }],
  ["chief", { "3": "2" }],
] as const)("a %s file", (method, modules) => {
  it("is answered as the original answers, output by output, to float32 rounding", async () => {
    const file = recorded(method);
    const { outputs, worst } = unwrap(await compare(method, file));
    expect(Object.keys(outputs)).toEqual(Object.keys(file.expected));
    expect(worst).toBeLessThan(2e-6);
  });

  it("of a fit without dropout, whose modules have other numbers, is answered alike", async () => {
    const file = recorded(method);
    const renamed = { ...file, weights: withoutDropout(file.weights, modules) };
    expect(unwrap(await compare(method, renamed)).worst).toBeLessThan(2e-6);
  });

  it("with a key too few, too many or misshapen is refused, and the key is named", async () => {
    const file = recorded(method);
    const first = "attention_net.0.bias";
    const { [first]: bias, ...without } = file.weights;
    const wrong: [Readonly<Record<string, unknown>>, string][] = [
      [{ ...file.weights, "extra.weight": [1] }, "extra.weight"],
      [{ ...file.weights, "attention_net.0.weight": [[1, 2]] }, "attention_net"],
      [without, first],
    ];
    expect(Array.isArray(bias)).toBe(true);
    for (const [weights, named] of wrong) {
      const found = await compare(method, { ...file, weights });
      expect(found.ok ? "" : JSON.stringify(found.failure)).toContain(named);
    }
  });
});

it("a TOAD file without sex in its classifiers is read as one without covariates", async () => {
  const file = recorded("toad");
  const narrow = (rows: unknown) => (rows as number[][]).map((row) => row.slice(0, -1));
  const weights = {
    ...file.weights,
    "classifier.weight": narrow(file.weights["classifier.weight"]),
    "site_classifier.weight": narrow(file.weights["site_classifier.weight"]),
  };
  const asked = { A: file.expected.A };
  expect(unwrap(await compare("toad", { ...file, weights, expected: asked })).worst).toBeLessThan(2e-6);
});

it("TOAD without the sex it was fitted with, and CHIEF with an organ it does not know, are refused", async () => {
  const { sex, ...toad } = recorded("toad");
  expect(sex).toBe(1);
  expect(await compare("toad", toad)).toMatchObject({ ok: false, failure: { kind: "bad-usage" } });
  const found = await compare("chief", { ...recorded("chief"), organ: 19 });
  expect(found).toMatchObject({ ok: false, failure: { kind: "bad-value", received: "19" } });
});

it("a CHIEF file without an organ (a head fitted later) is read as attention without a prompt", async () => {
  const { organ, ...file } = recorded("chief");
  const weights = Object.fromEntries(Object.entries(file.weights).filter(([key]) => !/organ|text_to/.test(key)));
  const expected = { attention: file.expected.attention, WSI_feature: file.expected.WSI_feature };
  expect(organ).toBe(5);
  expect(unwrap(await compare("chief", { ...file, weights, expected })).worst).toBeLessThan(2e-6);
});

it.each(["toad", "chief"])(
  "an imported %s is a model.onnx like any other, with the answers of the original",
  async (method) => {
    const { weights, x, expected, sex, organ } = recorded(method);
    const imported = unwrap(await importCheckpoint(unwrap(checkpointOf(method)), archiveOf(weights)));
    const session = await openSession(encodeImported(imported, "test"));
    const rows = x as number[][];
    const bag = bagOf(Float32Array.from(rows.flat()), rows[0]?.length ?? 0);
    const covariates = sex === undefined ? Array.from({ length: 19 }, (_, o) => (o === organ ? 1 : 0)) : [Number(sex)];
    const { logits } = unwrap(await predict(session, bag, { covariates }));
    await session.close();
    const wanted = [expected.logits, expected.site_logits ?? []].flat(2) as number[];
    expect(relativeError(logits, wanted)).toBeLessThan(2e-6);
  },
);
