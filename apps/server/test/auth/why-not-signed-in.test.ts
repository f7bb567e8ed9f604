import { describe, expect, it } from "vitest";
import { whyNotSignedIn } from "../../src/auth/why-not-signed-in.ts";

const thrown = (code: string, more: object = {}) => Object.assign(new Error("Meier, Anna"), { code, ...more });
const caused = (code: string) => thrown("OAUTH_INVALID_RESPONSE", { cause: thrown(code) });

describe("A sign-in that did not come through", () => {
  it("for want of a right client id or secret is the service's fault, and says so", () => {
    for (const error of ["invalid_client", "unauthorized_client"])
      expect(whyNotSignedIn(thrown("OAUTH_RESPONSE_BODY_ERROR", { error }))).toMatchObject({
        status: 503,
        word: error,
        text: expect.stringContaining("client id or secret"),
      });
  });

  it("for clocks that differ says so", () => {
    expect(whyNotSignedIn(caused("OAUTH_JWT_TIMESTAMP_CHECK_FAILED")).text).toContain("clocks");
  });

  it("for a provider that is away asks to try again", () => {
    for (const code of ["ECONNREFUSED", "ETIMEDOUT"])
      expect(whyNotSignedIn(new TypeError("fetch failed", { cause: thrown(code) }))).toMatchObject({
        status: 503,
        text: expect.stringContaining("Try again"),
      });
  });

  it("for a person who turned back is no answer that does not belong", () => {
    const turned = thrown("OAUTH_AUTHORIZATION_RESPONSE_ERROR", { error: "access_denied" });
    expect(whyNotSignedIn(turned)).toMatchObject({ status: 401, text: expect.stringContaining("turned back") });
  });

  it("for any other reason is not believed, and the log holds no words but the provider's own", () => {
    const odd = whyNotSignedIn(thrown("OAUTH_RESPONSE_BODY_ERROR", { error: "Meier, Anna" }));
    expect(odd).toEqual({ status: 401, text: expect.stringContaining("does not belong") });
    expect(whyNotSignedIn(null).status).toBe(401);
  });
});
