/** One method on one of the unit tests: its area under the curve where it was fitted and on the test, which is what the verdict is read from. */
import { type ClassifyTask, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { type AggregatorSpec, fit, type Labelled, predict } from "../src/index.ts";
import { areaUnderCurve } from "./area-under-curve.ts";
import { type UnitTest, unitTestBags } from "./unit-test-bags.ts";

/** A method by the name of its row in the table of verdicts, and how it is fitted. */
export type Method = readonly [
  title: string,
  aggregator: AggregatorSpec,
  fit: { readonly lr: number; readonly epochs?: number },
];

const task: ClassifyTask = { kind: "classify", label: "concept", classes: ["no", "yes"], positive: "yes" };

export async function areasOf(
  [, aggregator, { lr, epochs = 20 }]: Method,
  test: UnitTest,
  { seed = 5, isPoisoned = true }: { readonly seed?: number; readonly isPoisoned?: boolean } = {},
): Promise<{ readonly train: number; readonly test: number }> {
  const bags = unitTestBags(test, seed, isPoisoned);
  const { source, train, tune } = bags;
  const model = unwrap(
    await fit({ task, aggregator, options: { epochs, lr, seed }, bags: source, train, tune, openSession }),
  );
  const session = await openSession(model.onnx);
  const area = async (labelled: readonly Labelled<number>[]): Promise<number> => {
    const scores: { score: number; label: number }[] = [];
    for (const { id, label } of labelled) {
      const { logits } = unwrap(await predict(session, unwrap(await source.load(id))));
      scores.push({ score: (logits[1] as number) - (logits[0] as number), label });
    }
    return areaUnderCurve(scores);
  };
  const areas = { train: await area(train), test: await area(bags.test) };
  await session.close();
  return areas;
}
