#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/main.js", import.meta.url);
const longArguments = new URL("../dist/long-arguments.js", import.meta.url);
if (!existsSync(main)) {
  process.stderr.write(
    "nacre is not built yet. Run `npm run build` in the folder that holds package.json, then try again.\n",
  );
  process.exitCode = 4;
} else if (process.argv.join(" ").length > 4000 || process.env.NACRE_ARGUMENTS !== undefined) {
  const { runWithShortCommandLine } = await import(longArguments.href);
  await runWithShortCommandLine(() => import(main.href));
} else {
  await import(main.href);
}
