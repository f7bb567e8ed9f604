import { describe, expect, it } from "vitest";
import { isReadable } from "../../src/auth/openness.ts";
import { reachableAt } from "../../src/serve/reachable.ts";

describe("What people send", () => {
  it.each([
    ["on this machine alone", { host: "127.0.0.1" }, false],
    ["to another address without a proxy", { host: "0.0.0.0" }, true],
    ["to a proxy with https", { host: "0.0.0.0", publicUrl: "https://room.hospital.example" }, false],
    ["to a proxy without https", { host: "127.0.0.1", publicUrl: "http://room.hospital.example" }, true],
    ["to a proxy on this machine", { host: "127.0.0.1", publicUrl: "http://localhost:9000" }, false],
  ])("%s can be read on the way or not", (_, config, expected) => {
    expect(isReadable(config)).toBe(expected);
  });
});

describe("The addresses of a service", () => {
  it("are the public one alone, where there is one", () => {
    const publicUrl = "https://room.hospital.example";
    expect(reachableAt({ host: "0.0.0.0", publicUrl }, 8100)).toEqual([publicUrl]);
  });

  it("are the address it is bound to, with brackets where it has colons", () => {
    expect(reachableAt({ host: "127.0.0.1" }, 8100)).toEqual(["http://127.0.0.1:8100"]);
    expect(reachableAt({ host: "::1" }, 8100)).toEqual(["http://[::1]:8100"]);
    expect(reachableAt({ host: "reading.hospital.example" }, 80)).toEqual(["http://reading.hospital.example:80"]);
  });

  it.each(["0.0.0.0", "::"])("bound to all, %s, are ones that people can type", (host) => {
    const addresses = reachableAt({ host }, 8100);
    expect(addresses.length).toBeGreaterThan(0);
    for (const address of addresses) {
      expect(URL.canParse(address)).toBe(true);
      expect(address).not.toMatch(/0\.0\.0\.0|\[::\]/);
    }
  });
});
