/** The half of the bundle that runs in a worker, so that the page stays alive while thousands of replicates are drawn. */
import { type JudgeReply, type JudgeRequest, judgeFile } from "./judge-file.ts";

/** What is used of a worker's global scope. */
export interface WorkerScope {
  onmessage: ((event: { readonly data: JudgeRequest }) => void) | null;
  postMessage(reply: JudgeReply): void;
}

/** Answers each request; a mistake of ours becomes a failure as well, so that the page never waits for nothing. */
export function listen(scope: WorkerScope): void {
  scope.onmessage = ({ data }) => {
    try {
      scope.postMessage(judgeFile(data, (step) => scope.postMessage(step)));
    } catch (error) {
      scope.postMessage({
        kind: "failure",
        failure: {
          kind: "internal",
          expected: "Nacre to work",
          received: error instanceof Error ? (error.stack ?? error.message) : String(error),
          remedy: "this is a defect of Nacre: please report it with the lines above",
        },
      });
    }
  };
}
