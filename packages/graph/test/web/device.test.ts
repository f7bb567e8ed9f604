/** Values that stay on an adapter: Chromium's SwiftShader, skipped where it or a Vulkan loader is absent. Runs the built package. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";
const LOADERS = ["/usr/lib/x86_64-linux-gnu/libvulkan.so.1", "/usr/lib/aarch64-linux-gnu/libvulkan.so.1"];
const isAbsent = !existsSync(DRIVER) || !LOADERS.some((file) => existsSync(file));
if (isAbsent)
  console.log(`skipped: values on a device, for want of ${DRIVER} or libvulkan.so.1 (Debian: chromium, libvulkan1)`);

describe.skipIf(isAbsent)("a session with a device", () => {
  const script = fileURLToPath(new URL("device.mjs", import.meta.url));
  const env = { ...process.env, VK_ICD_FILENAMES: DRIVER, VK_DRIVER_FILES: DRIVER };
  const answers = isAbsent
    ? {}
    : JSON.parse(
        execFileSync(process.execPath, [script], { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
      );

  it("keeps the outputs it was asked to keep, takes them as feeds, and gives copies back", () => {
    expect(answers.isHeld).toEqual([true, false]);
    expect(answers.y).toEqual([2, 6, 12, 20, 30, 42]);
    expect(answers.z).toEqual([1, 4, 9, 16, 25, 36]);
  });

  it("fills a held value on the device and an array in memory", () => {
    expect(answers.filled).toEqual([true, true]);
    expect(answers.again).toEqual([6, 42, 156, 420, 930, 1806]);
    expect(answers.copied).toEqual([4, 36, 144, 400, 900, 1764]);
  });

  it("never shows stale numbers: a held value cannot be looked into, filled with another shape, or fed after it was freed", () => {
    expect(answers.touched).toMatch(/TypeError: expected a value in ordinary memory.*read it first/);
    expect(answers.otherShape).toMatch(/RangeError: expected a result of shape \[2,3\], received \[1,3\]/);
    expect(answers.unkept).toMatch(/TypeError: expected z and its place both on the device.*keep/);
    expect(answers.freed).toMatch(/TypeError: .*given back/);
  });
});
