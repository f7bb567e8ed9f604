/** What pictures take, by slide and level: what is quick must not be handed to a thread behind what is slow. */
import type { SlideInfo } from "@nacre/imaging";
import type { Work } from "./pool-message.ts";
import { CUT_SIDE, servedLevels } from "./served-level.ts";

/** Of what nobody measured, milliseconds. */
const UNKNOWN_MS = 10;
/** Weight of the latest. */
const SHARE = 0.3;
const MOST = 10_000;

export class CostBook {
  readonly #known = new Map<string, number>();
  /** Files of strips or other wide blocks: one decoded block serves many tiles. */
  readonly #shared = new Set<string>();

  /** Milliseconds of a thread that work will take, as far as is known. */
  of(work: Work): number {
    return this.known(work) ?? UNKNOWN_MS;
  }

  /** The same; undefined where nothing like it was read yet. */
  known(work: Work): number | undefined {
    return this.#known.get(placeOf(work));
  }

  learn(work: Work, ms: number): void {
    if (this.#known.size >= MOST) this.#known.clear();
    const place = placeOf(work);
    const had = this.#known.get(place) ?? ms;
    this.#known.set(place, had + SHARE * (ms - had));
  }

  learnShape(file: string, info: SlideInfo): void {
    if (this.#shared.size >= MOST) this.#shared.clear();
    const isCut = servedLevels(info)[0]?.stored === null;
    if (isCut && (info.levels[0]?.blockWidth ?? 0) > CUT_SIDE) this.#shared.add(file);
  }

  /** Whether a slide is best read by one thread, which then has its blocks decoded. */
  isShared(file: string): boolean {
    return this.#shared.has(file);
  }
}

function placeOf(work: Work): string {
  return `${work.kind} ${work.kind === "tile" ? work.request.level : ""} ${work.file}`;
}
