/** A file that a person asked for: its folder is made, and it appears whole or not at all. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** @throws the error of the system, which the command tells by name */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  const aside = `${path}.${process.pid}.partial`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(aside, bytes);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
