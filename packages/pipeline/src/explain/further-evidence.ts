/** What other methods say of the tiles of a bag, as one number a tile for the headline of the task. */
import { type Bag, type Outcome, ok, type Task } from "@nacre/core";
import type { Session } from "@nacre/graph";
import { type ExplainMethod, explain, type PredictOptions, ranking } from "@nacre/models";
import { evidenceWeights } from "../predict/answer-kind.ts";

export interface FurtherEvidence {
  readonly name: ExplainMethod;
  /** What a number means. */
  readonly unit: string;
  /** [n] */
  readonly values: Float32Array<ArrayBuffer>;
  readonly isSigned: boolean;
}

/** In the order asked for. Failures: those of `explain`, bad-model for a method that the model does not offer. */
export async function furtherEvidence(
  session: Session,
  bag: Bag,
  methods: readonly ExplainMethod[],
  { task, ...options }: PredictOptions & { readonly task: Task; readonly signal?: AbortSignal },
): Promise<Outcome<FurtherEvidence[]>> {
  const found: FurtherEvidence[] = [];
  for (const name of methods) {
    options.signal?.throwIfAborted();
    const explained = await explain(session, bag, name, options);
    if (!explained.ok) return explained;
    const { unit, isSigned } = explained.value;
    found.push({ name, unit, isSigned, values: ranking(explained.value, evidenceWeights(task)) });
  }
  return ok(found);
}
