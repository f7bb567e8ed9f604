/** What was dropped and what became of it. One worker holds slide and model; another judges tables. Stopping ends the worker at once. */
import type { ApiFailure } from "@nacre/api";
import { useEffect, useRef, useState } from "react";
import type { Answered, DropAsk, DropReply, ModelRead, Opened, Stage } from "./message.ts";
import { type JudgedTable, useJudge } from "./use-judge.ts";

export interface Drop {
  readonly slide: Opened | null;
  readonly model: ModelRead | null;
  readonly answered: Answered | null;
  readonly stage: Stage | null;
  readonly failure: ApiFailure | null;
  /** The slide has no scale: it can be opened with one that is given. */
  readonly needsScale: boolean;
  readonly judged: JudgedTable | null;
  take(files: readonly File[]): void;
  openWithScale(mpp: number): void;
  stop(): void;
}

const MODEL = /\.onnx$/i;
const TABLE = /\.(csv|tsv|txt)$/i;
/** Where the runtime's files lie: see build.mjs. */
const RUNTIME = "/runtime/";

export function useDrop(): Drop {
  const worker = useRef<Worker | null>(null);
  const files = useRef<{ slide: readonly File[]; model: File | null }>({ slide: [], model: null });
  const has = useRef({ slide: false, model: false });
  const [slide, setSlide] = useState<Opened | null>(null);
  const [model, setModel] = useState<ModelRead | null>(null);
  const [answered, setAnswered] = useState<Answered | null>(null);
  const [stage, setStage] = useState<Stage | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const judge = useJudge(setStage, setFailure);

  const ask = (question: DropAsk): void => {
    if (worker.current === null) {
      const made = new Worker(new URL("./drop-worker.ts", import.meta.url), { type: "module" });
      made.onmessage = ({ data }: MessageEvent<DropReply>) => hear(data);
      made.onerror = (event) => broke(event.message);
      worker.current = made;
    }
    worker.current.postMessage(question);
  };
  const broke = (message: string): void => {
    stop();
    setFailure({
      kind: "internal",
      expected: "a worker that runs",
      received: message || "an error without a message",
      remedy: "open the page in a current browser; the command nacre predict gives the same answer",
    });
  };
  const hear = (reply: DropReply): void => {
    setStage(reply.kind === "stage" ? reply : null);
    if (reply.kind === "failure") setFailure(reply.failure);
    else if (reply.kind === "answered") setAnswered(reply);
    else if (reply.kind === "opened") {
      setSlide(reply);
      goOn("slide");
    } else if (reply.kind === "model") {
      setModel(reply);
      goOn("model");
    }
  };
  /** Once both are there the model answers. */
  const goOn = (part: "slide" | "model"): void => {
    has.current[part] = true;
    if (has.current.slide && has.current.model)
      ask({ kind: "answer", wasm: new URL(RUNTIME, location.href).href, cores: navigator.hardwareConcurrency });
  };
  const stop = (): void => {
    worker.current?.terminate();
    worker.current = null;
    has.current = { slide: false, model: false };
    setStage(null);
    judge.stop();
  };
  const openSlide = (chosen: readonly File[], mpp: number | null): void => {
    has.current.slide = false;
    files.current.slide = chosen;
    setSlide(null);
    ask({ kind: "slide", files: chosen, mpp });
  };
  const openModel = (file: File): void => {
    has.current.model = false;
    files.current.model = file;
    setModel(null);
    ask({ kind: "model", file });
  };
  const take = (chosen: readonly File[]): void => {
    setFailure(null);
    const models = chosen.filter(({ name }) => MODEL.test(name));
    const tables = chosen.filter(({ name }) => TABLE.test(name));
    const others = chosen.filter((file) => !models.includes(file) && !tables.includes(file));
    const [table] = tables;
    if (table !== undefined) judge.judge(table);
    if (others.length === 0 && models.length === 0) return;
    setAnswered(null);
    // A worker that was stopped has forgotten what it had read.
    const isNew = worker.current === null;
    const [first = isNew ? files.current.model : null] = models;
    if (first !== null) openModel(first);
    const again = others.length > 0 ? others : isNew ? files.current.slide : [];
    if (again.length > 0) openSlide(again, null);
  };
  useEffect(() => () => worker.current?.terminate(), []);
  return {
    slide,
    model,
    answered,
    stage,
    failure,
    needsScale: failure?.kind === "no-scale" || failure?.kind === "implausible-scale",
    judged: judge.judged,
    take,
    openWithScale: (mpp) => {
      setFailure(null);
      setAnswered(null);
      openSlide(files.current.slide, mpp);
    },
    stop,
  };
}
