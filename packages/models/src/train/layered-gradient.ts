/** The gradients of one bag, worked through block by block; its graphs are in `layer-graph.ts`. */
import type { Session, TensorData } from "@nacre/graph";
import type { LayerGraphs } from "./layer-graph.ts";
import { runInto } from "./running-sums.ts";
import type { Feeds, Turns } from "./state.ts";

export interface LayeredGradient {
  /** Adds the gradients of a bag to the sums; answers its own loss, 0 where there is none. `feeds`: bag, masks and weights. */
  add(feeds: Feeds, sums: Turns): Promise<number>;
  /** Scores of a bag, [1, k]. */
  scores(feeds: Feeds): Promise<TensorData>;
}

/** Opens the sessions of all blocks. They hold no memory between runs: there are twice as many as blocks, and one runs at a time. */
export async function openLayers(
  graphs: LayerGraphs,
  open: (onnx: Uint8Array) => Promise<Session>,
): Promise<LayeredGradient> {
  const blocks: { readonly state: string; readonly up: Session; readonly down: Session }[] = [];
  for (const { state, up, down } of graphs.blocks)
    blocks.push({ state, up: await open(up()), down: await open(down()) });
  const [top, scoring] = [await open(graphs.top()), await open(graphs.scores())];
  const climb = async (feeds: Feeds): Promise<Record<string, TensorData>> => {
    const states: Record<string, TensorData> = {};
    for (const { state, up } of blocks)
      Object.assign(states, { [state]: (await up.run({ ...feeds, ...states }))[state] });
    return states;
  };
  return {
    async add(feeds, sums) {
      const states = await climb(feeds);
      let { slope, loss } = await runInto(top, { ...feeds, ...states }, sums);
      for (const { down } of blocks.toReversed()) {
        ({ slope } = await runInto(down, { ...feeds, ...states, above: slope as TensorData }, sums));
      }
      return Number(loss?.data[0] ?? 0);
    },
    async scores(feeds) {
      const { scores } = await scoring.run({ ...feeds, ...(await climb(feeds)) });
      return scores as TensorData;
    },
  };
}
