import { expect, it } from "vitest";
import { newApp } from "../../src/serve/new-app.ts";

async function callerSeen(remoteAddress: string, config: { readonly publicUrl?: string; readonly proxies?: string[] }) {
  const app = newApp({ maxBody: 1000, ...config }, { log: false });
  app.get("/", async (request) => request.ip);
  const reply = await app.inject({ url: "/", remoteAddress, headers: { "x-forwarded-for": "198.51.100.7" } });
  await app.close();
  return reply.body;
}

it("believes what a proxy says of the caller's address only where the proxy is on this machine or named", async () => {
  const publicUrl = "https://room.hospital.example";
  expect(await callerSeen("127.0.0.1", { publicUrl })).toBe("198.51.100.7");
  expect(await callerSeen("10.1.2.3", { publicUrl })).toBe("10.1.2.3");
  expect(await callerSeen("10.1.2.3", { publicUrl, proxies: ["10.1.0.0/16"] })).toBe("198.51.100.7");
  expect(await callerSeen("10.2.2.3", { publicUrl, proxies: ["10.1.0.0/16"] })).toBe("10.2.2.3");
  expect(await callerSeen("127.0.0.1", {})).toBe("127.0.0.1");
});
