/**
 * Builds dist/scorecard.html: style, script and markup in one file that opens from a folder. Its policy admits these texts by
 * their hashes, a worker made of them, and nothing else: no address can be loaded, posted to or framed.
 * Builds dist/fit/ beside it: a page with a runtime in WebAssembly, to be served. Its policy admits its own folder's origin alone.
 * Usage: node build.mjs [FILE] builds both, the folder `fit` beside FILE
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";

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

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = resolve(process.argv[2] ?? join(HERE, "dist", "scorecard.html"));
  const page = await buildPage();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, page);
  console.log(`${file}: ${Math.round(page.length / 1000)} kB`);
  const folder = join(dirname(file), "fit");
  await buildFit(folder);
  console.log(`${folder}: open it with node apps/web/serve.mjs`);
}
