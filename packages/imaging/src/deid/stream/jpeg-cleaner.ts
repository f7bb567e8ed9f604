/**
 * Text out of a JPEG stream (ITU-T T.81, annex B), piece by piece: a Hamamatsu level is one stream of gigabytes. Tables, frames and scans
 * pass; of the application segments only the bare JFIF and Adobe marks do, since they say what the colours are; all
 * other segments and everything behind the end of the image become zeros.
 */
import { refuseBrokenOff } from "../report.ts";
import { blank } from "./blank.ts";
import type { BlockCleaner } from "./cleaner.ts";

type State = "marker" | "code" | "length-high" | "length-low" | "payload" | "scan" | "end";

const MARK: Readonly<Record<number, { readonly text: readonly number[]; readonly keep: number }>> = {
  // JFIF without its thumbnail; Adobe
  224: { text: [0x4a, 0x46, 0x49, 0x46, 0], keep: 12 },
  238: { text: [0x41, 0x64, 0x6f, 0x62, 0x65], keep: 12 },
};
const isTable = (code: number): boolean =>
  (code >= 0xc0 && code <= 0xcf && code !== 0xc8) || (code >= 0xda && code <= 0xdf);
const isBare = (code: number): boolean => (code >= 0xd0 && code <= 0xd8) || code === 0x01;

export class JpegCleaner implements BlockCleaner {
  readonly isStreaming = true;
  #state: State = "marker";
  #code = 0;
  #left = 0;
  #index = 0;
  #isKept = true;
  /** The last byte of a scan was 0xff. */
  #isAfterFf = false;

  clean(piece: Uint8Array): number {
    let changed = 0;
    for (let at = 0; at < piece.length; ) {
      if (this.#state === "end") return changed + blank(piece, at, piece.length);
      if (this.#state === "scan") at = this.#scan(piece, at);
      else if (this.#state === "payload" && this.#isKept && isTable(this.#code)) at = this.#pass(piece, at);
      else changed += this.#step(piece, at++);
    }
    return changed;
  }

  finish(): void {
    const isOpen = this.#state === "scan" || (this.#state === "payload" && this.#isKept);
    if (!isOpen) return;
    refuseBrokenOff("JPEG blocks that end with their mark (T.81, B.2.1)");
  }

  /** Tables pass whole. */
  #pass(piece: Uint8Array, at: number): number {
    const n = Math.min(this.#left, piece.length - at);
    this.#left -= n;
    if (this.#left === 0) this.#endSegment();
    return at + n;
  }

  /** Entropy-coded bytes up to the next marker that is neither a restart nor a stuffed zero. */
  #scan(piece: Uint8Array, from: number): number {
    let at = from;
    while (at < piece.length) {
      if (!this.#isAfterFf) {
        const found = piece.indexOf(0xff, at);
        if (found < 0) return piece.length;
        this.#isAfterFf = true;
        at = found + 1;
        continue;
      }
      const code = piece[at++] as number;
      if (code === 0xff) continue;
      this.#isAfterFf = false;
      if (code === 0 || (code >= 0xd0 && code <= 0xd7)) continue;
      this.#enter(code);
      return at;
    }
    return at;
  }

  #step(piece: Uint8Array, at: number): number {
    const byte = piece[at] as number;
    switch (this.#state) {
      case "marker":
        // what stands where a marker must is no part of the image
        if (byte === 0xff) this.#state = "code";
        else return blank(piece, at, at + 1);
        return 0;
      case "code":
        if (byte === 0xff) return 0;
        if (byte === 0) this.#state = "marker";
        else this.#enter(byte);
        return 0;
      case "length-high":
        this.#left = byte << 8;
        this.#state = "length-low";
        return 0;
      case "length-low":
        this.#left = Math.max(0, (this.#left | byte) - 2);
        this.#index = 0;
        this.#isKept = isTable(this.#code) || this.#code in MARK;
        this.#state = "payload";
        if (this.#left === 0) this.#endSegment();
        return 0;
      default:
        return this.#payload(piece, at);
    }
  }

  #payload(piece: Uint8Array, at: number): number {
    const mark = MARK[this.#code];
    const i = this.#index++;
    if (mark) {
      const wanted = mark.text[i];
      if (i >= mark.keep || (wanted !== undefined && piece[at] !== wanted)) this.#isKept = false;
    }
    const changed = this.#isKept ? 0 : blank(piece, at, at + 1);
    if (--this.#left === 0) this.#endSegment();
    return changed;
  }

  #enter(code: number): void {
    this.#code = code;
    if (code === 0xd9) this.#state = "end";
    else if (isBare(code)) this.#state = "marker";
    else this.#state = "length-high";
  }

  #endSegment(): void {
    this.#state = this.#code === 0xda ? "scan" : "marker";
  }
}
