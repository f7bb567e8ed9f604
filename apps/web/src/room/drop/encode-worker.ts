/** One of the workers that encode a dropped slide's tiles. It reads the file itself; pixels never go from one worker to another. */
import { attempt, type Outcome, unwrap } from "@nacre/core";
import type { Slide } from "@nacre/imaging";
import { type EncodeAsk, type EncodeReply, encodePlaces } from "./encode-tiles.ts";
import { openFiles } from "./open-dropped.ts";

/** What is used of a worker's global scope. */
interface Scope {
  onmessage: ((event: { readonly data: EncodeAsk }) => void) | null;
  postMessage(reply: EncodeReply, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as Scope;
let slide: Promise<Outcome<Slide>> | null = null;

scope.onmessage = async ({ data }) => {
  if (data.kind === "open") {
    slide = openFiles(data.files, data.mpp);
    return;
  }
  const { places, from } = data;
  const features = await attempt(async () => {
    if (slide === null) throw new RangeError("expected a slide before its tiles");
    return unwrap(await encodePlaces(unwrap(await slide), places));
  });
  scope.postMessage({ from, features }, features.ok ? [features.value.buffer as ArrayBuffer] : []);
};
