/** Embeddings of bags under pretrained weights: what a probe is fitted on, and what shows whether a pretraining was worth it. */
import { attempt, type Outcome, unwrap } from "@nacre/core";
import { encodeModel, type OpenSession } from "@nacre/graph";
import { chooseAggregator } from "../aggregator/registry.ts";
import type { Embeddings } from "../probe/embeddings.ts";
import { bagFeeds } from "../train/bag-feeds.ts";
import type { BagSource } from "../train/bag-source.ts";
import { askWeights, bareSizes, pooledBag } from "./bare-scope.ts";
import type { Pretrained } from "./pretrained.ts";

export interface EmbedRequest {
  readonly bags: BagSource;
  readonly ids: readonly string[];
  readonly openSession: OpenSession;
  readonly threads?: number;
}

/** One row a bag, in the order of `ids`. Failures: what the source of bags says. */
export function embedBags(
  { aggregator: { name, options }, weights, standardisation, d, shapes }: Omit<Pretrained, "losses" | "space">,
  { bags, ids, openSession, threads = 1 }: EmbedRequest,
): Promise<Outcome<Embeddings>> {
  return attempt(async () => {
    const chosen = unwrap(chooseAggregator({ ...options, name }));
    const { weight } = askWeights(chosen.aggregator.weights(chosen.options, bareSizes(d)));
    const { embedding } = pooledBag(chosen, standardisation, weight);
    const session = await openSession(encodeModel({ outputs: { embedding }, name: "embed" }), { threads });
    const learned = Object.fromEntries(
      Object.entries(weights).map(([key, data]) => [key, { data, dims: shapes.get(key) ?? [data.length] }]),
    );
    const rows: Float32Array[] = [];
    try {
      for (const id of ids) {
        const bag = unwrap(await bags.load(id));
        const asked = { places: chosen.aggregator.usesPlaces === true, covariates: 0 };
        const out = await session.run({ ...learned, ...bagFeeds(bag, null, asked, id) });
        rows.push(Float32Array.from(out.embedding?.data as Float32Array));
      }
    } finally {
      await session.close();
    }
    const width = rows[0]?.length ?? 0;
    const values = new Float32Array(rows.length * width);
    for (const [i, row] of rows.entries()) values.set(row, i * width);
    return { values, n: rows.length, d: width };
  });
}
