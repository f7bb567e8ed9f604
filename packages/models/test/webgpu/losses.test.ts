/**
 * The steps of four aggregators on an adapter, against the same on the CPU. Chromium's SwiftShader stands in for a graphics card: it computes
 * what a card computes, slowly. Skipped where it or a Vulkan loader is absent. Runs the built packages, in processes of their own.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";
const LOADERS = ["/usr/lib/x86_64-linux-gnu/libvulkan.so.1", "/usr/lib/aarch64-linux-gnu/libvulkan.so.1"];
const isAbsent = !existsSync(DRIVER) || !LOADERS.some((file) => existsSync(file));
if (isAbsent)
  console.log(`skipped: steps on WebGPU, for want of ${DRIVER} or libvulkan.so.1 (Debian: chromium, libvulkan1)`);

interface Ran {
  readonly losses: readonly number[];
  readonly probabilities: readonly number[];
}

type Pair = readonly [cpu: Ran, webgpu: Ran];

function ran(name: string, driver: string): { readonly one: Pair; readonly several: Pair | readonly [] } {
  const script = fileURLToPath(new URL("losses.mjs", import.meta.url));
  const env = { ...process.env, VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver };
  const { execPath } = process;
  return JSON.parse(
    execFileSync(execPath, [script, name], { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
}

function largestGap([cpu, webgpu]: Pair): number {
  const values = ({ losses, probabilities }: Ran): number[] => [...losses, ...probabilities];
  const found = values(webgpu);
  expect(found).toHaveLength(6);
  return Math.max(...values(cpu).map((value, i) => Math.abs(value - (found[i] as number))));
}

describe.skipIf(isAbsent)("a fit on WebGPU", () => {
  it.each(["abmil", "clam-sb", "transmil", "longnet"])("has the losses of the CPU to 1e-4: %s", (name) => {
    const { one, several } = ran(name, DRIVER);
    expect(largestGap(one)).toBeLessThan(1e-4);
    if (several.length === 2) expect(largestGap(several)).toBeLessThan(1e-4);
  });

  it("fails by name where there is no adapter, and does not compute on the CPU instead", () => {
    const [cpu, webgpu] = ran("abmil", "/no/such/driver.json").one;
    expect(cpu.losses).toHaveLength(4);
    expect(webgpu).toMatchObject({ failure: { kind: "no-device", remedy: expect.stringMatching(/driver|cpu/) } });
  });
});
