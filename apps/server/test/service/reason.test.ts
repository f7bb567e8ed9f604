import { describe, expect, it } from "vitest";
import { codeOf, reasonOf } from "../../src/service/reason.ts";

const withCode = (code: string, message = "Meier, Anna") => Object.assign(new Error(message), { code });

describe("The reason of an error", () => {
  it("is that of the error which lies deepest", () => {
    const fetched = new TypeError("fetch failed", { cause: withCode("ECONNREFUSED") });
    expect(codeOf(fetched)).toBe("ECONNREFUSED");
    expect(reasonOf(fetched)).toContain("nobody listens there");
    const tried = new AggregateError([withCode("EHOSTUNREACH"), withCode("ECONNREFUSED")]);
    expect(reasonOf(tried)).toContain("no way to that host");
  });

  it("of a certificate says what to do about it", () => {
    for (const code of ["DEPTH_ZERO_SELF_SIGNED_CERT", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"])
      expect(reasonOf(new TypeError("fetch failed", { cause: withCode(code) }))).toContain("NODE_EXTRA_CA_CERTS");
  });

  it("never repeats a message, which may quote data", () => {
    for (const error of [withCode("XX999"), new RangeError("Meier, Anna"), "Meier, Anna", null])
      expect(reasonOf(error)).not.toContain("Meier");
  });

  it("of what takes too long is that it is late", () => {
    expect(reasonOf(new DOMException("x", "TimeoutError"))).toBe("no answer in time");
  });
});
