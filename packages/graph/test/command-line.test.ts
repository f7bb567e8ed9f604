import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it.skipIf(process.platform !== "linux")("a command line that the runtime cannot bear is refused by name", () => {
  const door = fileURLToPath(new URL("../dist/node.js", import.meta.url));
  const script = `import(${JSON.stringify(door)}).then((g) => g.openSession(new Uint8Array(1))).catch((e) => console.log(e.failure.kind));`;
  const kindWith = (args: readonly string[]): string =>
    execFileSync(process.execPath, ["-e", script, ...args], { encoding: "utf8" }).trim();
  expect(kindWith([])).toBe("bad-model");
  expect(
    kindWith(Array.from({ length: 500 }, (_, i) => `a-slide-with-a-rather-long-name-and-the-number-${i}.svs`)),
  ).toBe("bad-usage");
});
