/** Paths that stay inside a folder, whatever they say and wherever links lead. */
import { realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";

/** The real path of something inside a folder (real path), or null: not there, or outside of it. */
export function realInside(folder: string, path: string): string | null {
  if (path.includes("\0")) return null;
  try {
    const real = realpathSync(isAbsolute(path) ? path : join(folder, path));
    return real === folder || real.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? real : null;
  } catch {
    return null;
  }
}

/** A path below a folder as the database keeps it, with `/`; null where it leads out of the folder. It need not be there. */
export function insideOf(folder: string, path: string): string | null {
  const inside = relative(folder, path);
  if (inside.startsWith("..") || isAbsolute(inside)) return null;
  return inside.split(sep).join("/");
}
