/**
 * The house rules as one check: floors, doors, circles, sizes. Reads sources only; prints what is wrong and exits 1.
 * The floors stand in ARCHITECTURE.md.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const FLOORS = [
  ["core"],
  ["imaging", "graph", "evaluation"],
  ["features", "models"],
  ["patient", "federation", "agents"],
  ["pipeline", "api"],
  ["server", "web"],
  ["cli"],
];
const SECOND_DOORS = new Set(["node", "web", "testing", "referee"]);
const BANNED = new Set(["models>evaluation", "evaluation>models", "evaluation>graph"]);
const HARD = 500;
const SOFT = 300;
const IMPORT =
  /(?:import|export)\s[^"';]*?from\s*["']([^"']+)["']|import\s*\(\s*["']([^"']+)["']\s*\)|^import\s*["']([^"']+)["']/gm;

const rank = new Map(FLOORS.flatMap((names, floor) => names.map((name) => [name, floor])));

function sources(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.d\.ts$/.test(entry.name) ? [path] : [];
  });
}

function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  return [...code.matchAll(IMPORT)].map((m) => m[1] ?? m[2] ?? m[3]);
}

/** @returns {{files: number, problems: string[], warnings: string[]}} */
export function inspect(root) {
  const problems = [];
  const warnings = [];
  const edges = new Map();
  const rooms = ["packages", "apps"].flatMap((wing) =>
    existsSync(join(root, wing))
      ? readdirSync(join(root, wing)).map((name) => ({ name, dir: join(root, wing, name) }))
      : [],
  );
  for (const { name, dir } of rooms) {
    if (!rank.has(name)) problems.push(`${name}: stands on no floor; add it to tools/house.mjs and ARCHITECTURE.md`);
    for (const file of sources(join(dir, "src"))) inspectFile(file, name, dir);
  }
  findCircles();
  return { files: edges.size, problems, warnings };

  function inspectFile(file, room, dir) {
    const where = relative(root, file);
    const text = readFileSync(file, "utf8");
    const lines = text.split("\n").length;
    if (!file.includes(".data.")) {
      if (lines > HARD) problems.push(`${where}: ${lines} lines, the limit is ${HARD}`);
      else if (lines > SOFT) warnings.push(`${where}: ${lines} lines, aim below ${SOFT}`);
    }
    const inner = [];
    edges.set(file, inner);
    for (const spec of importsOf(text)) {
      if (spec.startsWith("@nacre/")) checkDoor(where, room, spec);
      else if (spec.startsWith(".")) {
        const target = resolve(dirname(file), spec);
        if (relative(join(dir, "src"), target).startsWith(".."))
          problems.push(`${where}: reaches outside its room (${spec})`);
        inner.push(target);
      }
    }
  }

  function checkDoor(where, room, spec) {
    const [, to, ...deep] = spec.split("/");
    if (deep.length > 0 && !SECOND_DOORS.has(deep.join("/")))
      problems.push(`${where}: enters ${to} by a window (${spec})`);
    if (!(rank.get(to) < rank.get(room))) problems.push(`${where}: ${room} may not import ${to}`);
    if (BANNED.has(`${room}>${to}`)) problems.push(`${where}: ${room} must not know ${to}`);
  }

  function findCircles() {
    const state = new Map();
    const visit = (file, trail) => {
      if (state.get(file) === "done") return;
      if (state.get(file) === "open") {
        problems.push(
          `circle: ${[...trail.slice(trail.indexOf(file)), file].map((f) => relative(root, f)).join(" > ")}`,
        );
        return;
      }
      state.set(file, "open");
      for (const next of edges.get(file) ?? []) visit(next, [...trail, file]);
      state.set(file, "done");
    };
    for (const file of edges.keys()) visit(file, []);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { files, problems, warnings } = inspect(resolve(dirname(fileURLToPath(import.meta.url)), ".."));
  for (const w of warnings) console.log(`warning  ${w}`);
  for (const p of problems) console.log(`broken   ${p}`);
  console.log(`house: ${files} files, ${problems.length} broken rules, ${warnings.length} warnings`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
