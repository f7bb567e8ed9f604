/**
 * Remembers decoded blocks, and notices when that pays. A random read wants the cheapest decode of just its part; a scan
 * of unaligned tiles touches every block about four times and wants it whole, once. A block counts as scanned when it
 * was touched a few reads ago.
 */

export interface WholeBlock {
  readonly width: number;
  readonly height: number;
  /** RGB, rows without gaps. */
  readonly data: Uint8Array;
}

/** 64 MiB hold two rows of 240 px blocks of a slide 45,000 px wide. */
const CAPACITY_BYTES = 2 ** 26;
/** Touches remembered: about 16 reads of four blocks. More would take random reads of a small slide for a scan. */
const MEMORY = 64;

export class BlockCache<B extends WholeBlock = WholeBlock> {
  readonly #blocks = new Map<number, B>();
  readonly #touched = new Float64Array(MEMORY).fill(-1);
  readonly #capacity: number;
  readonly #forget: (data: Uint8Array) => void;
  #next = 0;
  #bytes = 0;

  /** `forget`: is told of the pixels of every block that is remembered no longer. */
  constructor({ capacity = CAPACITY_BYTES, forget = (_: Uint8Array): void => {} } = {}) {
    this.#capacity = capacity;
    this.#forget = forget;
  }

  /** The block, which is then the most recently used; or undefined. */
  find(key: number): B | undefined {
    const block = this.#blocks.get(key);
    if (block) {
      this.#blocks.delete(key);
      this.#blocks.set(key, block);
    }
    return block;
  }

  keep(key: number, block: B): void {
    // two reads side by side may both have decoded it
    this.#bytes += block.data.length - (this.#blocks.get(key)?.data.length ?? 0);
    this.#blocks.set(key, block);
    for (const [oldest, old] of this.#blocks) {
      if (this.#bytes <= this.#capacity || oldest === key) return;
      this.#blocks.delete(oldest);
      this.#bytes -= old.data.length;
      this.#forget(old.data);
    }
  }

  /** Whether the block was touched by one of the last reads, or is here. */
  isScanned(key: number): boolean {
    return this.#blocks.has(key) || this.#touched.includes(key);
  }

  touch(key: number): void {
    this.#touched[this.#next] = key;
    this.#next = (this.#next + 1) % MEMORY;
  }

  clear(): void {
    for (const { data } of this.#blocks.values()) this.#forget(data);
    this.#blocks.clear();
    this.#bytes = 0;
  }
}
