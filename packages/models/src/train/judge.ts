/** The loss on the tune part, which alone decides when to stop: all tiles, no dropout, no further losses. */
import { encodeModel, type OpenSession } from "@nacre/graph";
import { askedOf, bagFeeds } from "./bag-feeds.ts";
import { holdBags } from "./held-bags.ts";
import type { Example } from "./learner.ts";
import { judgingOutputs, type ModelDesign } from "./program.ts";
import type { Feeds } from "./state.ts";

export interface Judge {
  /** Scores of one bag under the given weights, [k]. */
  scores(weights: Feeds, example: Omit<Example, "label">): Promise<Float32Array>;
  /** Mean loss of bags under the given weights, in double precision. */
  loss(weights: Feeds, examples: AsyncIterable<Example> | Iterable<Example>): Promise<number>;
  close(): Promise<void>;
}

export async function openJudge(design: ModelDesign, threads: number, open: OpenSession): Promise<Judge> {
  const session = await open(encodeModel({ outputs: judgingOutputs(design), name: "judge" }), { threads });
  const { head } = design;
  const asked = askedOf(design);
  const bags = holdBags();
  const scores: Judge["scores"] = async (weights, { id, tiles, covariates: known }) => {
    const found = await session.run({
      ...weights,
      ...(await bags.feeds(bagFeeds(tiles, known, asked, id), session.device)),
    });
    return found.scores?.data as Float32Array;
  };
  return {
    scores,
    async loss(weights, examples) {
      const [all, targets]: [number[], number[]] = [[], []];
      const row = new Float32Array(head.t);
      let m = 0;
      for await (const example of examples) {
        all.push(...(await scores(weights, example)));
        head.encode(example.label, row);
        targets.push(...row);
        m += 1;
      }
      return head.judge(Float64Array.from(all), Float64Array.from(targets), m);
    },
    async close() {
      bags.free();
      await session.close();
    },
  };
}
