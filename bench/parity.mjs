/**
 * `npm run --silent bench -- parity METHOD FILE.json --json`: the answers expected of a published method's weights against ours, after
 * the weights came in through the importer. The layout of the file is told in docs/methods/checkpoints.md.
 */
import { readFile } from "node:fs/promises";
import { describeFailure, fail, ok } from "../packages/core/dist/index.js";
import { openSession } from "../packages/graph/dist/node.js";
import { checkpointOf, compareWithOriginal } from "../packages/models/dist/index.js";

/** `{outputs, worst}`; what is wrong with the call or the file is one sentence, and exit code 2. */
export async function benchParity({ rest: [method = "", path = ""] }) {
  const result = await parityOf(method, path);
  if (result.ok) return result.value;
  process.stderr.write(`${describeFailure(result.failure)}\n`);
  process.exit(2);
}

async function parityOf(method, path) {
  const checkpoint = checkpointOf(method);
  if (!checkpoint.ok) return checkpoint;
  const file = await readJson(path);
  return file.ok ? compareWithOriginal(checkpoint.value, file.value, openSession) : file;
}

async function readJson(path) {
  try {
    return ok(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    return fail("bad-usage", {
      expected: "a JSON file of {config, weights, x, expected}",
      received: `${path || "no path"} (${error.message})`,
      remedy: "name a file in the layout of docs/methods/checkpoints.md",
    });
  }
}
