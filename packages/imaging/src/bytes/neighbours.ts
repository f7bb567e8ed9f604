/** The files that belong to a slide beside the one that was named: instances of a DICOM series, tiles of a Deep Zoom image. */
import type { ByteSource } from "./byte-source.ts";

/** Names are relative to the folder of the slide, with `/`; nothing above that folder can be named. */
export interface Neighbours {
  /** All files of a folder (default: the slide's own), in the order of their names. */
  list(folder?: string): Promise<readonly string[]>;
  /** null where there is none. Whoever opens it closes it. @throws RangeError for a name that leads out of the folder */
  open(name: string): Promise<ByteSource | null>;
}

/** Whether a name stays inside its folder. */
export function staysInside(name: string): boolean {
  return name !== "" && !/^[/\\]|^[a-z]:|\\/i.test(name) && !name.split("/").includes("..");
}

/** Files that are already in memory or were dropped into a page, by name. */
export function neighboursInMemory(files: ReadonlyMap<string, () => ByteSource>): Neighbours {
  return {
    async list(folder = "") {
      const within = folder === "" ? "" : `${folder}/`;
      return [...files.keys()]
        .filter((name) => name.startsWith(within) && !name.slice(within.length).includes("/"))
        .sort();
    },
    async open(name) {
      expectInside(name);
      return files.get(name)?.() ?? null;
    },
  };
}

/** @throws RangeError for a name that leads out of the folder */
export function expectInside(name: string): void {
  if (!staysInside(name)) throw new RangeError(`expected a name inside the folder of the slide, received ${name}`);
}
