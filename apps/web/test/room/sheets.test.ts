/** Style sheets of the room: a page is gone to first or last, and looks the same. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const room = fileURLToPath(new URL("../../src/room/", import.meta.url));
const files = readdirSync(room, { recursive: true, encoding: "utf8" }).map((name) => join(room, name));
const pages = files.filter((name) => /\/(?!late-page|sign-in-page)[a-z]+-page\.tsx$/.test(name));

/** What a file imports, and what that imports, but for pages: those are fetched by themselves. */
function reached(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file) || !files.includes(file)) return seen;
  seen.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from|import) "(\.[^"]+)"/g))
    reached(join(dirname(file), path ?? ""), seen);
  return seen;
}

const read = (names: Iterable<string>, ending: string): string =>
  [...names]
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(name, "utf8"))
    .join("\n");
const styled = (css: string): Set<string> =>
  new Set([...css.matchAll(/\.([a-z][a-z-]*)/g)].map(([, name]) => name ?? ""));
const worn = (tsx: string): string[] =>
  [...tsx.matchAll(/className=(?:"([^"]+)"|\{`([^`]+)`)/g)].flatMap(([, plain, made]) =>
    (plain ?? made ?? "").replace(/\$\{[^}]*\}/g, " ").split(/\s+/),
  );

describe("a page of the room", () => {
  const always = reached(join(room, "main.tsx"));
  const anywhere = styled(read(files, ".css"));
  it.each(pages.map((page) => [page.slice(room.length), page]))(
    "%s brings the style of all that it shows",
    (_, page) => {
      const own = reached(page);
      const here = styled(read([...always, ...own], ".css"));
      // A class that no sheet names is a name for tests, or for a style by place.
      expect(worn(read(own, ".tsx")).filter((name) => anywhere.has(name) && !here.has(name))).toEqual([]);
    },
  );
});
