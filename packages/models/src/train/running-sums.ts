/** Runs of a graph that moves some of the running sums and carries the others over. */
import type { Session, TensorData } from "@nacre/graph";
import type { Feeds, Turns } from "./state.ts";

/** Feeds the sums and lets those that the graph moves take their turn; answers all outputs. */
export async function runInto(session: Session, feeds: Feeds, sums: Turns): Promise<Record<string, TensorData>> {
  const into = Object.fromEntries(Object.entries(sums.spare).filter(([name]) => session.outputs.includes(name)));
  const found = await session.run({ ...feeds, ...sums.now }, into);
  sums.swap(Object.keys(into));
  return found;
}
