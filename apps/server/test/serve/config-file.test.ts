import { readFileSync } from "node:fs";
import { isFailureError } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkConfig } from "../../src/service/config-file.ts";

const failureOf = (value: unknown) => {
  try {
    checkConfig(value, "nacre.yaml");
  } catch (error) {
    if (isFailureError(error, "bad-usage")) return error.failure;
    throw error;
  }
  return null;
};

const OIDC = { issuer: "https://id.example", clientId: "nacre", roles: { doctors: "reader" } };

describe("A configuration file", () => {
  it("that is empty asks for nothing", () => {
    expect(checkConfig(null, "x")).toMatchObject({ projects: [], tokens: true, dicomweb: [], maxBodyMb: 32 });
  });

  it("names an unknown key, its place and the nearest that is known", () => {
    expect(failureOf({ webhookHost: ["a"] })).toMatchObject({
      received: "`webhookHost` in nacre.yaml",
      remedy: "did you mean `webhookHosts`?",
    });
    expect(failureOf({ oidc: { ...OIDC, clientID: "x" } })).toMatchObject({
      expected: expect.stringContaining("keys of oidc among issuer"),
      remedy: "did you mean `clientId`?",
    });
    expect(failureOf({ oidc: { ...OIDC, roles: { doctors: "emperor" } } })?.expected).toBe(
      "oidc.roles.doctors: one of viewer, reader, researcher, admin, worker",
    );
    expect(failureOf({ dicomweb: [{ nme: "pacs", url: "https://pacs.example" }] })?.remedy).toBe(
      "did you mean `name`?",
    );
    expect(failureOf({ projects: [{ folder: "a", nam: "b" }] })?.remedy).toBe("did you mean `name`?");
  });

  it("names the place of a value that does not fit", () => {
    expect(failureOf({ oidc: { ...OIDC, roles: { doctors: "emperor" } } })?.expected).toContain("oidc.roles.doctors");
    expect(failureOf({ oidc: { ...OIDC, issuer: "file:///etc/passwd" } })?.expected).toContain("oidc.issuer");
    expect(failureOf({ port: 70_000 })?.expected).toContain("port");
    expect(failureOf({ databaseUrl: "mysql://x" })?.expected).toContain("databaseUrl");
  });

  it("says what it found in the place of what was wanted", () => {
    expect(failureOf(["a"])).toMatchObject({
      expected: "a file of lines `key: value`",
      received: "a list in nacre.yaml",
    });
    expect(failureOf("a text")?.received).toBe("the text `a text` in nacre.yaml");
    expect(failureOf({ port: "eighty" })).toMatchObject({
      expected: "port: a number",
      received: "the text `eighty` in nacre.yaml",
    });
    expect(failureOf({ data: null })?.remedy).toBe("give data a value, or leave the key out");
    expect(failureOf({ dicomweb: { name: "pacs" } })?.expected).toContain("a list");
    expect(failureOf({ readers: 0 })?.expected).toBe("readers: at least 1");
  });

  it("does not repeat what may be a secret", () => {
    for (const secret of [{ databaseUrl: "mysql://nacre:geheim@db" }, { oidc: { ...OIDC, clientSecret: ["geheim"] } }])
      expect(JSON.stringify(failureOf(secret))).not.toContain("geheim");
  });

  it("names proxies by address or network", () => {
    expect(checkConfig({ proxies: ["10.1.0.0/16", "192.0.2.7"] }, "x").proxies).toHaveLength(2);
    expect(failureOf({ proxies: ["the proxy"] })?.expected).toContain("10.1.0.0/16");
  });

  it("as the page on serving shows it is read whole", () => {
    const page = readFileSync(new URL("../../../../docs/serving.md", import.meta.url), "utf8");
    const shown = parse(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "") as object;
    expect(checkConfig(shown, "nacre.yaml")).toMatchObject({ publicUrl: "https://room.hospital.example" });
    const keys = ["databaseUrl", "store", ...Object.keys(shown)].sort();
    expect(keys).toEqual(
      Object.keys(checkConfig({ ...shown, databaseUrl: "postgres://db/n", store: "s3://b/p" }, "x")).sort(),
    );
  });

  it("that is whole is read whole", () => {
    expect(checkConfig({ oidc: OIDC, tokens: false }, "x").oidc).toEqual({ ...OIDC, claim: "groups" });
  });
});
