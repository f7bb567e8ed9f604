/** Where the shared files lie, beside the repository; tests that need them skip when they are absent. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const SHARED = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));

export const hasShared = (path: string): boolean => existsSync(join(SHARED, path));

/** A folder that is removed when `body` ends. */
export async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "nacre-features-"));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
