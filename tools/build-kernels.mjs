/**
 * `node tools/build-kernels.mjs [--check]`: assembles tools/kernels/*.wat with wat2wasm (Debian: wabt) into the text that the
 * packages carry. With --check nothing is written; it ends with 1 where the text is not that of the source.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const KERNELS = [
  {
    source: "tools/kernels/resample.wat",
    target: "packages/imaging/src/slide/resample-kernel.data.ts",
    name: "RESAMPLE_KERNEL",
  },
  {
    source: "tools/kernels/planes.wat",
    target: "packages/features/src/encoder/planes-kernel.data.ts",
    name: "PLANES_KERNEL",
  },
  {
    source: "tools/kernels/dots.wat",
    target: "packages/features/src/index/dots-kernel.data.ts",
    name: "DOTS_KERNEL",
  },
  {
    source: "tools/kernels/coarse.wat",
    target: "packages/features/src/index/coarse-kernel.data.ts",
    name: "COARSE_KERNEL",
  },
];

const folder = mkdtempSync(join(tmpdir(), "nacre-kernels-"));
let isSame = true;
for (const { source, target, name } of KERNELS) {
  const out = join(folder, "kernel.wasm");
  const { status, stderr, error } = spawnSync("wat2wasm", [join(root, source), "-o", out], { encoding: "utf8" });
  if (status !== 0) throw new Error(`wat2wasm ${source}: ${error?.message ?? stderr}`);
  const lines =
    readFileSync(out)
      .toString("base64")
      .match(/.{1,110}/g) ?? [];
  const text = `/** WebAssembly made from ${source} by tools/build-kernels.mjs, in base64. */
export const ${name} = [
${lines.map((line) => `  "${line}",`).join("\n")}
].join("");
`;
  const path = join(root, target);
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) isSame = false;
}
rmSync(folder, { recursive: true });
if (!isSame) process.exitCode = 1;
