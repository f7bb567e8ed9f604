/** Pictures that are dear to make, kept on disk: one read of a slide for all who ever look at it. Bounded; what was used longest ago goes first. */

import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

const MOST_BYTES = 512 << 20;
/** Written bytes between two looks at the folder. */
const LOOK_AFTER = 16 << 20;

export class KeptPictures {
  readonly #folder: string;
  readonly #most: number;
  #written = LOOK_AFTER;

  constructor(folder: string, most = MOST_BYTES) {
    this.#folder = folder;
    this.#most = most;
  }

  async find(name: string): Promise<Uint8Array | null> {
    const path = join(this.#folder, `${name}.jpg`);
    try {
      const bytes = await readFile(path);
      const now = new Date();
      void utimes(path, now, now).catch(() => {});
      return bytes;
    } catch {
      return null;
    }
  }

  /** Written aside and renamed. A full disk loses nothing but the memory of the picture. */
  async keep(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.#folder, `${name}.jpg`);
    const aside = `${path}.${randomUUID()}.part`;
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(aside, bytes);
      await rename(aside, path);
    } catch {
      await unlink(aside).catch(() => {});
      return;
    }
    this.#written += bytes.length;
    if (this.#written < LOOK_AFTER) return;
    this.#written = 0;
    await this.#shrink();
  }

  async #shrink(): Promise<void> {
    const files: { path: string; size: number; time: number }[] = [];
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name);
      const at = await stat(path).catch(() => null);
      if (at !== null) files.push({ path, size: at.size, time: at.mtimeMs });
    }
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files.sort((a, b) => a.time - b.time)) {
      if (bytes <= this.#most) return;
      await unlink(path).catch(() => {});
      bytes -= size;
    }
  }
}
