/**
 * Changes that the service has not acknowledged yet. A change is written here before it is sent and leaves when it is answered, so that it
 * survives a reload, a crash and a lost connection. Each change has an entry of its own: two windows do not overwrite each other.
 */
import { type AnnotationChange, annotationChange } from "@nacre/api";

/** What of a browser's storage is needed. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

export interface Waiting {
  readonly key: string;
  readonly change: AnnotationChange;
}

export class Outbox {
  readonly #shelf: Shelf | null;
  readonly #prefix: string;
  #last = 0;

  /** `owner` and `slide` keep the changes of several people and slides apart. A null shelf keeps nothing. */
  constructor(shelf: Shelf | null, owner: string, slide: string) {
    this.#shelf = shelf;
    this.#prefix = `nacre.outbox.${encodeURIComponent(owner)}.${slide}.`;
  }

  /** What was left unsent, oldest first. What cannot be read is left where it is. */
  read(): Waiting[] {
    const shelf = this.#shelf;
    if (shelf === null) return [];
    const keys = Array.from({ length: shelf.length }, (_, i) => shelf.key(i) ?? "").filter((key) =>
      key.startsWith(this.#prefix),
    );
    return keys.sort().flatMap((key) => {
      const change = parse(shelf.getItem(key));
      return change === null ? [] : [{ key, change }];
    });
  }

  /** @returns the entry's key; null where the browser keeps nothing (storage full or forbidden) */
  add(change: AnnotationChange, now: number): string | null {
    this.#last = Math.max(this.#last + 1, now * 1000);
    const key = `${this.#prefix}${String(this.#last).padStart(18, "0")}.${change.change.slice(0, 8)}`;
    try {
      this.#shelf?.setItem(key, JSON.stringify(change));
      return this.#shelf === null ? null : key;
    } catch {
      return null;
    }
  }

  remove(key: string | null): void {
    if (key !== null) this.#shelf?.removeItem(key);
  }
}

function parse(text: string | null): AnnotationChange | null {
  try {
    return annotationChange.parse(JSON.parse(text ?? ""));
  } catch {
    return null;
  }
}

/** This browser's storage; null where it is forbidden. */
export function browserShelf(): Shelf | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
