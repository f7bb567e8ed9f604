#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/main.js", import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write(
    "nacre is not built yet. Run `npm run build` in the folder that holds package.json, then try again.\n",
  );
  process.exitCode = 4;
}
