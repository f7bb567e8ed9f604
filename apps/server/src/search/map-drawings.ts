/**
 * Maps that are being drawn: several who ask for the same one wait for one drawing, whoever cannot wait longer is told how far it is, and
 * what nobody has asked for lately is stopped.
 */
import type { Outcome } from "@nacre/core";
import type { MapAnswer, MapProgress, MapWork } from "./search-work.ts";

/** How long a drawing goes on while nobody waits: a page asks again sooner than this. */
const PATIENCE_MS = 20_000;

export type Draw = (
  work: MapWork,
  options: { readonly onProgress: (progress: MapProgress) => void; readonly signal: AbortSignal },
) => Promise<Outcome<MapAnswer>>;

export interface Wait {
  readonly ms: number;
  /** The caller went away. */
  readonly signal: AbortSignal;
}

interface Drawing {
  readonly done: Promise<Outcome<MapAnswer>>;
  progress: MapProgress;
  waiting: number;
  timer: NodeJS.Timeout | null;
  readonly stop: AbortController;
}

export class MapDrawings {
  readonly #draw: Draw;
  readonly #patienceMs: number;
  readonly #under = new Map<string, Drawing>();

  constructor(draw: Draw, patienceMs: number = PATIENCE_MS) {
    this.#draw = draw;
    this.#patienceMs = patienceMs;
  }

  /** The map, or how far it is where the wait ends before. */
  async ask(key: string, work: MapWork, { ms, signal }: Wait): Promise<Outcome<MapAnswer> | MapProgress> {
    const drawing = this.#under.get(key) ?? this.#begin(key, work);
    drawing.waiting++;
    if (drawing.timer !== null) clearTimeout(drawing.timer);
    const ended = await Promise.race([drawing.done, restOf(ms, signal)]);
    drawing.waiting--;
    if (drawing.waiting === 0 && ended === null)
      drawing.timer = setTimeout(() => this.#end(key, drawing), this.#patienceMs).unref();
    return ended ?? drawing.progress;
  }

  #begin(key: string, work: MapWork): Drawing {
    const stop = new AbortController();
    const onProgress = (progress: MapProgress): void => {
      drawing.progress = progress;
    };
    const drawing: Drawing = {
      done: this.#draw(work, { onProgress, signal: stop.signal }).finally(() => this.#forget(key, drawing)),
      progress: { phase: "reading", done: 0, of: work.run.members.length },
      waiting: 0,
      timer: null,
      stop,
    };
    this.#under.set(key, drawing);
    return drawing;
  }

  #end(key: string, drawing: Drawing): void {
    // Whoever asks from now on begins another: this one is as good as gone.
    this.#forget(key, drawing);
    drawing.stop.abort();
  }

  #forget(key: string, drawing: Drawing): void {
    if (drawing.timer !== null) clearTimeout(drawing.timer);
    if (this.#under.get(key) === drawing) this.#under.delete(key);
  }
}

function restOf(ms: number, signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve(null);
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
