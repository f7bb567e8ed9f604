/** The worker of the drop zone: opens, encodes and answers, so that the page stays alive. It asks for no address but the page's own files. */
import { attempt, type Failure, unwrap } from "@nacre/core";
import { answerDropped, type DroppedModel, readModel } from "./answer-dropped.ts";
import type { DropAsk, DropReply } from "./message.ts";
import { type DroppedSlide, openDropped } from "./open-dropped.ts";

/** What is used of a worker's global scope. */
interface Scope {
  onmessage: ((event: { readonly data: DropAsk }) => void) | null;
  postMessage(reply: DropReply): void;
}

const scope = globalThis as unknown as Scope;
const tell = (reply: DropReply): void => scope.postMessage(reply);
let slide: DroppedSlide | null = null;
let model: DroppedModel | null = null;

async function answer(ask: DropAsk): Promise<DropReply> {
  if (ask.kind === "slide") {
    slide?.slide.close();
    slide = null;
    tell({ kind: "stage", stage: "Opening the slide, finding tissue", done: 0, total: 0 });
    slide = unwrap(await openDropped(ask.files, ask.mpp));
    return slide.opened;
  }
  if (ask.kind === "model") {
    model = null;
    model = unwrap(await readModel(ask.file));
    const { task, space, aggregator, members, synthetic } = model.info;
    return {
      kind: "model",
      name: ask.file.name,
      task: task.kind,
      space,
      aggregator: aggregator.name,
      members,
      isSynthetic: synthetic,
    };
  }
  if (slide === null || model === null) throw new RangeError("expected a slide and a model before an answer");
  return unwrap(await answerDropped(slide, model, ask, tell));
}

scope.onmessage = async ({ data }) => {
  try {
    const answered = await attempt(() => answer(data));
    tell(answered.ok ? answered.value : { kind: "failure", of: data.kind, failure: answered.failure });
  } catch (error) {
    tell({ kind: "failure", of: data.kind, failure: defect(error) });
  }
};

function defect(error: unknown): Failure {
  return {
    kind: "internal",
    expected: "Nacre to work",
    received: error instanceof Error ? error.message : String(error),
    remedy: "this is a defect of Nacre: please report it with the line above",
  };
}
