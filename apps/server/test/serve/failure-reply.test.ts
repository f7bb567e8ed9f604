import Fastify from "fastify";
import { describe, expect, it } from "vitest";
import { failureReply } from "../../src/serve/failure-reply.ts";

const CONFIG = { projects: [], data: "/var/lib/nacre" };

async function replyTo(error: Error, databaseUrl?: string) {
  const app = Fastify();
  app.setErrorHandler(failureReply(databaseUrl === undefined ? CONFIG : { ...CONFIG, databaseUrl }));
  app.get("/", async () => {
    throw error;
  });
  const reply = await app.inject("/");
  await app.close();
  return { status: reply.statusCode, error: (reply.json() as { error: Record<string, string> }).error };
}

const withCode = (code: string) => Object.assign(new Error("x"), { code });
const SERVER = "postgres://nacre@db/nacre";

describe("A request that the database could not serve", () => {
  it.each(["ECONNREFUSED", "57P01", "08006"])(
    "because it is away (%s) is told to come back: 503, and no defect",
    async (code) => {
      expect(await replyTo(withCode(code), SERVER)).toMatchObject({
        status: 503,
        error: { kind: "unavailable", received: "no answer from the database" },
      });
    },
  );

  it("because its disk is full says so: 507", async () => {
    for (const url of [SERVER, undefined])
      expect(await replyTo(withCode("53100"), url)).toMatchObject({ status: 507, error: { kind: "disk-full" } });
  });

  it("for a mistake of ours stays a defect", async () => {
    expect(await replyTo(withCode("42703"), SERVER)).toMatchObject({ status: 500, error: { kind: "internal" } });
    expect(await replyTo(withCode("ECONNREFUSED"))).toMatchObject({ status: 500, error: { kind: "internal" } });
  });
});
