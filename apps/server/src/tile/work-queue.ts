/**
 * Requests that wait for a thread. The highest priority first; of equals each client in turn, so that nobody who asks for much holds up
 * who asks for little; of one client the newest, because whoever panned on looks at that. Bounded: what would wait longest gives way.
 */

export interface Waiting {
  readonly priority: number;
  /** Whose turn it takes: a client, a slide. */
  readonly lane: string;
  /** Milliseconds that it will take, as far as is known. */
  readonly cost: number;
}

export class WorkQueue<T extends Waiting> {
  readonly #most: number;
  /** By priority the lanes, in the order of their turns; each with its requests, the oldest first. */
  readonly #classes = new Map<number, Map<string, T[]>>();
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  /** @returns what had to give way, which may be the newcomer itself; null where there was room */
  add(work: T): T | null {
    const lanes = this.#classes.get(work.priority) ?? new Map<string, T[]>();
    this.#classes.set(work.priority, lanes);
    const lane = lanes.get(work.lane);
    if (lane === undefined) lanes.set(work.lane, [work]);
    else lane.push(work);
    this.#length++;
    return this.#length > this.#most ? this.#giveWay() : null;
  }

  /** Takes the next, preferring among the first few lanes of its priority one whose newest `suits`; null where it takes longer than `mostMs`. */
  take(suits: (work: T) => boolean, mostMs = Number.POSITIVE_INFINITY): T | null {
    if (this.#length === 0) return null;
    const lanes = this.#lanes(Math.max(...this.#classes.keys()));
    let chosen: T | undefined;
    let seen = 0;
    for (const lane of lanes.values()) {
      const newest = lane.at(-1) as T; // no lane is empty
      chosen ??= newest;
      if (suits(newest)) {
        chosen = newest;
        break;
      }
      if (++seen === LOOK_AHEAD) break;
    }
    return chosen !== undefined && chosen.cost <= mostMs && this.remove(chosen) ? chosen : null;
  }

  /** Takes a request out; its lane goes to the end of the turns. @returns whether it was there */
  remove(work: T): boolean {
    const lanes = this.#classes.get(work.priority);
    const lane = lanes?.get(work.lane);
    const at = lane?.lastIndexOf(work) ?? -1;
    if (lanes === undefined || lane === undefined || at < 0) return false;
    lane.splice(at, 1);
    this.#length--;
    lanes.delete(work.lane);
    if (lane.length > 0) lanes.set(work.lane, lane);
    else if (lanes.size === 0) this.#classes.delete(work.priority);
    return true;
  }

  drain(): T[] {
    const all = [...this.#classes.values()].flatMap((lanes) => [...lanes.values()].flat());
    this.#classes.clear();
    this.#length = 0;
    return all;
  }

  /** The oldest of the longest lane of the lowest priority. */
  #giveWay(): T | null {
    const lanes = [...this.#lanes(Math.min(...this.#classes.keys())).values()];
    const longest = lanes.reduce((most, lane) => (lane.length > most.length ? lane : most));
    const [oldest] = longest;
    return oldest !== undefined && this.remove(oldest) ? oldest : null;
  }

  #lanes(priority: number): Map<string, T[]> {
    return this.#classes.get(priority) ?? new Map();
  }
}

/** How many lanes a request may be overtaken by one whose slide the free thread has open. */
const LOOK_AHEAD = 8;
