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
/** Arrays of forgotten blocks that are kept for the next: a scan forgets one for every one it decodes. */
const SPARE = 4;

export class BlockCache {
  readonly #blocks = new Map<number, WholeBlock>();
  readonly #spare: Uint8Array[] = [];
  readonly #touched = new Float64Array(MEMORY).fill(-1);
  readonly #capacity: number;
  #next = 0;
  #bytes = 0;

  constructor(capacity = CAPACITY_BYTES) {
    this.#capacity = capacity;
  }

  /** The block, which is then the most recently used; or undefined. */
  find(key: number): WholeBlock | undefined {
    const block = this.#blocks.get(key);
    if (block) {
      this.#blocks.delete(key);
      this.#blocks.set(key, block);
    }
    return block;
  }

  keep(key: number, block: WholeBlock): void {
    // two reads side by side may both have decoded it
    this.#bytes += block.data.length - (this.#blocks.get(key)?.data.length ?? 0);
    this.#blocks.set(key, block);
    for (const [oldest, old] of this.#blocks) {
      if (this.#bytes <= this.#capacity || oldest === key) return;
      this.#blocks.delete(oldest);
      this.#bytes -= old.data.length;
      if (this.#spare.length < SPARE) this.#spare.push(old.data);
    }
  }

  /**
   * An array of `length` bytes for the next block: that of a forgotten one, its pixels still in it, or a new one. Only for readers that
   * use what they find at once, and never across an await: a block that is forgotten may be painted over. New arrays for every block
   * cost a tenth of a scan in garbage collections.
   */
  room(length: number): Uint8Array {
    const spare = this.#spare.pop();
    return spare?.length === length ? spare : new Uint8Array(length);
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
    this.#blocks.clear();
    this.#spare.length = 0;
    this.#bytes = 0;
  }
}
