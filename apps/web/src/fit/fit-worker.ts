/** The worker of the page: reads, fits and answers, so that the page stays alive. */
import { attempt, type Failure, unwrap } from "@nacre/core";
import { fitDropped } from "./fit-dropped.ts";
import { type Dropped, look } from "./look.ts";
import type { FitAsk, FitReply } from "./message.ts";

/** What is used of a worker's global scope. */
interface Scope {
  onmessage: ((event: { readonly data: FitAsk }) => void) | null;
  postMessage(reply: FitReply): void;
}

const scope = globalThis as unknown as Scope;
const tell = (reply: FitReply): void => scope.postMessage(reply);
let dropped: Dropped | null = null;

async function answer(ask: FitAsk): Promise<FitReply> {
  if (ask.kind === "look") {
    dropped = unwrap(await look(ask.files, (stage) => tell({ kind: "stage", stage })));
    return dropped.looked;
  }
  if (dropped === null) throw new RangeError("expected files before a fit, received none");
  return unwrap(await fitDropped(dropped, ask, tell));
}

scope.onmessage = async ({ data }) => {
  try {
    const answered = await attempt(() => answer(data));
    tell(answered.ok ? answered.value : { kind: "failure", failure: answered.failure });
  } catch (error) {
    tell({ kind: "failure", failure: defect(error) });
  }
};

function defect(error: unknown): Failure {
  return {
    kind: "internal",
    expected: "Nacre to work",
    received: error instanceof Error ? (error.stack ?? error.message) : String(error),
    remedy: "this is a defect of Nacre: please report it with the lines above",
  };
}
