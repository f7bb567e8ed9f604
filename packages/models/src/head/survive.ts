/** Time to an event: proportional hazards (Cox), or hazards of intervals where the task names their number. */
import type { SurviveTask } from "@nacre/core";
import { coxHead } from "./cox.ts";
import { hazardHead } from "./hazard.ts";
import type { HeadKind } from "./head.ts";

export const surviveHead: HeadKind<SurviveTask> = {
  losses: [],
  survey: (task, train) => kindOf(task).survey(task, train),
  make: (task, facts, loss) => kindOf(task).make(task, facts, loss),
};

function kindOf({ intervals }: SurviveTask): HeadKind<SurviveTask> {
  return intervals === null ? coxHead : hazardHead;
}
