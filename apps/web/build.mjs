/**
 * Builds dist/scorecard.html: style, script and markup in one file that opens from a folder. Its policy admits these texts by
 * their hashes, a worker made of them, and nothing else: no address can be loaded, posted to or framed.
 * Usage: node build.mjs [FILE]
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";

const HERE = dirname(fileURLToPath(import.meta.url));

/** The sources as one script without imports. */
async function bundle(entry, format) {
  const result = await build({
    configFile: false,
    envFile: false,
    root: HERE,
    logLevel: "error",
    resolve: { conditions: ["source"] },
    build: {
      write: false,
      target: "es2022",
      emptyOutDir: false,
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

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = resolve(process.argv[2] ?? join(HERE, "dist", "scorecard.html"));
  const page = await buildPage();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, page);
  console.log(`${file}: ${Math.round(page.length / 1000)} kB`);
}
