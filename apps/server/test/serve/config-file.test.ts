import { isFailureError } from "@nacre/core";
import { describe, expect, it } from "vitest";
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
    expect(failureOf("a text")).not.toBeNull();
  });

  it("that is whole is read whole", () => {
    expect(checkConfig({ oidc: OIDC, tokens: false }, "x").oidc).toEqual({ ...OIDC, claim: "groups" });
  });
});
