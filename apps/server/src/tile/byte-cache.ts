/** Pictures that were made lately, by key, up to a number of bytes: fifty people look at one slide in a conference. */
import type { Picture } from "./slide-pool.ts";

export class ByteCache {
  readonly #pictures = new Map<string, Picture>();
  readonly #most: number;
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  find(key: string): Picture | undefined {
    const picture = this.#pictures.get(key);
    if (picture !== undefined) {
      this.#pictures.delete(key);
      this.#pictures.set(key, picture);
    }
    return picture;
  }

  keep(key: string, picture: Picture): void {
    if (picture.bytes.length > this.#most / 16) return;
    this.#bytes += picture.bytes.length - (this.#pictures.get(key)?.bytes.length ?? 0);
    this.#pictures.set(key, picture);
    for (const [oldest, old] of this.#pictures) {
      if (this.#bytes <= this.#most) return;
      this.#pictures.delete(oldest);
      this.#bytes -= old.bytes.length;
    }
  }
}
