/** Judges a table of predictions in its own worker. */
import type { ApiFailure } from "@nacre/api";
import { useEffect, useRef, useState } from "react";
import type { JudgeEnd, JudgeReply, JudgeRequest } from "../../judge-file.ts";
import type { Stage } from "./message.ts";

const REPLICATES = 1000;
const SEED = 7;

/** A table and its judgement. */
export interface JudgedTable {
  readonly name: string;
  readonly end: Extract<JudgeEnd, { kind: "judged" }>;
}

export interface Judge {
  readonly judged: JudgedTable | null;
  judge(file: File): void;
  stop(): void;
}

export function useJudge(tell: (stage: Stage | null) => void, failed: (failure: ApiFailure) => void): Judge {
  const worker = useRef<Worker | null>(null);
  const [judged, setJudged] = useState<JudgedTable | null>(null);
  const stop = (): void => {
    worker.current?.terminate();
    worker.current = null;
  };
  const end = (name: string, reply: JudgeEnd): void => {
    stop();
    tell(null);
    if (reply.kind === "failure") failed(reply.failure);
    else setJudged({ name, end: reply });
  };
  const judge = async (file: File): Promise<void> => {
    stop();
    setJudged(null);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const made = new Worker(new URL("./judge-worker.ts", import.meta.url), { type: "module" });
    made.onmessage = ({ data }: MessageEvent<JudgeReply>) => {
      if (data.kind === "stage") tell({ stage: data.stage, done: 0, total: 0 });
      else if (data.kind !== "classes") end(file.name, data);
    };
    worker.current = made;
    const request: JudgeRequest = {
      name: file.name,
      bytes,
      positive: null,
      bootstrap: REPLICATES,
      seed: SEED,
      styleHash: "",
    };
    made.postMessage(request, [bytes.buffer]);
  };
  useEffect(() => () => worker.current?.terminate(), []);
  return { judged, judge: (file) => void judge(file), stop };
}
