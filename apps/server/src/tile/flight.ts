/** Work on its way through the pool. */
import type { Outcome } from "@nacre/core";
import type { Done, Work } from "./pool-message.ts";
import type { Waiting } from "./work-queue.ts";

/** One piece of work and everybody who waits for it. */
export interface Flight extends Waiting {
  readonly key: string;
  readonly work: Work;
  priority: number;
  /** Milliseconds of a thread that it will take, as far as is known. */
  readonly cost: number;
  readonly ears: Set<(outcome: Outcome<Done[keyof Done]>) => void>;
}
