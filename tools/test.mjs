/**
 * Runs the house check, then every test, and ends with the one line scripts read: `N passed, N failed, N skipped`.
 * Arguments go on to vitest (`npm test -- packages/core`).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "./house.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const house = inspect(root);
for (const problem of house.problems) console.log(`broken   ${problem}`);
console.log(`house: ${house.files} files, ${house.problems.length} broken rules\n`);

const folder = mkdtempSync(join(tmpdir(), "nacre-test-"));
const json = join(folder, "result.json");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const run = spawnSync(
  process.execPath,
  [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${json}`, ...process.argv.slice(2)],
  { cwd: root, stdio: ["ignore", "inherit", "inherit"] },
);
let passed = 0;
let failed = 0;
let skipped = 0;
try {
  const result = JSON.parse(readFileSync(json, "utf8"));
  passed = result.numPassedTests;
  failed =
    result.numFailedTests +
    result.testResults.filter((f) => f.status === "failed" && f.assertionResults.length === 0).length;
  skipped = result.numPendingTests + result.numTodoTests;
} catch (error) {
  console.log(`the test runner left no result: ${error.message}`);
  failed = 1;
}
rmSync(folder, { recursive: true, force: true });
if (run.status !== 0 && failed === 0) failed = 1;
if (house.problems.length > 0) failed += 1;
else passed += 1;
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
