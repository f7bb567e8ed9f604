import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "tools/test/**/*.test.ts"],
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    // Whole runs through the command are tests too: generous, so that a slow machine is not a failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
