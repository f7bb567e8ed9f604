/**
 * Builds dist/scorecard.html: style, script and markup in one file that opens from a folder. Its policy admits these texts by
 * their hashes, a worker made of them, and nothing else: no address can be loaded, posted to or framed.
 * Builds dist/fit/ beside it: a page with a runtime in WebAssembly, to be served. Its policy admits its own folder's origin alone.
 * Builds dist/room/: the reading room, which `nacre serve` hands out. Chunks with hashes in their names; no script and no style in the markup,
 * so that a policy of 'self' is enough. Prints what the worklist's first load weighs.
 * Usage: node build.mjs [FILE] builds the first two, the folder `fit` beside FILE; node build.mjs --room [FOLDER] the room; neither: all
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build, defaultClientConditions } from "vite";

const HERE = dirname(fileURLToPath(import.meta.url));

/** The sources as one script without imports, but those of the runtime's own files, which it makes when it runs. */
async function bundle(entry, format) {
  const result = await build({
    configFile: false,
    envFile: false,
    root: HERE,
    logLevel: "error",
    resolve: { conditions: ["source", "onnxruntime-web-use-extern-wasm"] },
    build: {
      write: false,
      target: "es2022",
      emptyOutDir: false,
      rollupOptions: { output: { codeSplitting: false } },
      lib: { entry: join(HERE, "src", entry), formats: [format], name: "nacreScorecard" },
    },
  });
  const chunks = [result].flat().flatMap((r) => r.output);
  if (chunks.length !== 1) throw new Error(`expected one script, received ${chunks.map((c) => c.fileName).join(", ")}`);
  return chunks[0].code;
}

/** The style sheet of the report, from the same sources as the script. */
async function reportStyle() {
  const code = await bundle("report-style.ts", "es");
  return (await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`)).JUDGEMENT_STYLE;
}

const hash = (text) => `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;

/** The page as text. */
export async function buildPage() {
  const [script, sheet] = [await bundle("scorecard.ts", "iife"), await reportStyle()];
  const pageStyle = readFileSync(join(HERE, "src", "scorecard.css"), "utf8");
  if (/<\/script|<!--/i.test(script)) throw new Error("the script holds text that would end its element");
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(sheet)}' '${hash(pageStyle)}'`,
    "worker-src blob:",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const template = readFileSync(join(HERE, "src", "scorecard.html"), "utf8");
  const put = {
    "{{policy}}": policy,
    "{{reportStyleHash}}": hash(sheet),
    "<!-- styles -->": `<style>${sheet}</style>\n<style>${pageStyle}</style>`,
    "<!-- script -->": `<script>${script}</script>`,
  };
  return Object.entries(put).reduce((page, [mark, text]) => {
    if (page.split(mark).length !== 2) throw new Error(`expected ${mark} once in the template`);
    return page.replace(mark, () => text);
  }, template);
}

/** What the runtime loads, for the processor and for graphics. */
const RUNTIME = ["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.asyncify"].flatMap((n) => [`${n}.mjs`, `${n}.wasm`]);

/** Writes the page that fits, and all that it needs, into a folder. */
export async function buildFit(folder) {
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src data:",
    "worker-src 'self' blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const template = readFileSync(join(HERE, "src", "fit", "fit.html"), "utf8");
  const sheets = ["scorecard.css", "fit/fit.css"].map((name) => readFileSync(join(HERE, "src", name), "utf8"));
  mkdirSync(join(folder, "runtime"), { recursive: true });
  writeFileSync(
    join(folder, "index.html"),
    template.replace("{{policy}}", () => policy),
  );
  writeFileSync(join(folder, "style.css"), [await reportStyle(), ...sheets].join("\n"));
  writeFileSync(join(folder, "page.js"), await bundle("fit/fit-page.ts", "es"));
  writeFileSync(join(folder, "worker.js"), await bundle("fit/fit-worker.ts", "es"));
  const runtime = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
  for (const name of RUNTIME) copyFileSync(join(runtime, name), join(folder, "runtime", name));
}

/** Builds the reading room into a folder. @returns the weight of its chunks: see firstLoad */
export async function buildRoom(folder) {
  // Whoever calls may have set another: the room is built for people, the same bytes every time.
  process.env.NODE_ENV = "production";
  const root = join(HERE, "src", "room");
  const result = await build({
    configFile: false,
    envFile: false,
    root,
    publicDir: join(root, "public"),
    logLevel: "error",
    plugins: [react()],
    // The runtime's WebAssembly stays a file of its own: see copyRuntime.
    resolve: { conditions: ["source", "onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
    worker: { format: "es" },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2022",
      // Browsers that have light-dark(): a theme is one list of colours.
      cssTarget: ["chrome123", "firefox120", "safari17.5"],
      manifest: "manifest.json",
      // Nothing of the page may be an address of data: the policy admits its own origin.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
  copyRuntime(folder);
  return weigh([result].flat().flatMap((r) => r.output));
}

/** Decoders that a worker looks for beside its own script. */
const DECODERS = ["codec-libjpeg-turbo-8bit", "codec-openjpeg"];

/** What the drop zone's worker loads when a slide or a model is there: decoders beside it, the runtime in its own folder. */
function copyRuntime(folder) {
  const require = createRequire(import.meta.url);
  mkdirSync(join(folder, "runtime"), { recursive: true });
  const runtime = dirname(require.resolve("onnxruntime-web"));
  for (const name of RUNTIME.slice(0, 2)) copyFileSync(join(runtime, name), join(folder, "runtime", name));
  for (const name of DECODERS) {
    const file = require.resolve(`@cornerstonejs/${name}/decodewasm`);
    copyFileSync(file, join(folder, "assets", basename(file)));
  }
}

const gz = (content) => gzipSync(content, { level: 9 }).length;

/** Compressed bytes of each chunk, and of the first load of a page: the entry, what it imports, and that page's own chunks. */
function weigh(output) {
  const chunks = new Map(output.filter((o) => o.type === "chunk").map((o) => [o.fileName, o]));
  const assets = new Map(output.filter((o) => o.type === "asset").map((o) => [o.fileName, o]));
  const entry = [...chunks.values()].find((c) => c.isEntry);
  const reach = (chunk, seen) => {
    if (!chunk || seen.has(chunk.fileName)) return seen;
    seen.add(chunk.fileName);
    for (const sheet of chunk.viteMetadata?.importedCss ?? []) seen.add(sheet);
    for (const name of chunk.imports) reach(chunks.get(name), seen);
    return seen;
  };
  const size = (name) => gz(chunks.get(name)?.code ?? assets.get(name)?.source ?? "");
  const base = reach(entry, new Set(["index.html"]));
  const pages = Object.fromEntries(
    [...chunks.values()]
      .filter((c) => c.isDynamicEntry && c.name.endsWith("-page"))
      .map((c) => [c.name, [...reach(c, new Set(base))].reduce((sum, name) => sum + size(name), 0)]),
  );
  return { entry: [...base].reduce((sum, name) => sum + size(name), 0), pages };
}

async function buildPages(given) {
  const file = resolve(given ?? join(HERE, "dist", "scorecard.html"));
  const page = await buildPage();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, page);
  console.log(`${file}: ${Math.round(page.length / 1000)} kB`);
  const folder = join(dirname(file), "fit");
  await buildFit(folder);
  console.log(`${folder}: open it with node apps/web/serve.mjs`);
}

async function buildRoomAndTell(given) {
  const folder = resolve(given ?? join(HERE, "dist", "room"));
  const { entry, pages } = await buildRoom(folder);
  const kB = (bytes) => `${Math.round(bytes / 1000)} kB`;
  const each = Object.entries(pages).map(([name, bytes]) => `${name.replace("-page", "")} ${kB(bytes)}`);
  console.log(`${folder}: first load, compressed: shell ${kB(entry)}, ${each.sort().join(", ")}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [first, second] = process.argv.slice(2);
  if (first === "--room") await buildRoomAndTell(second);
  else {
    await buildPages(first);
    if (first === undefined) await buildRoomAndTell();
  }
}
