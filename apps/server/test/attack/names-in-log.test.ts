import { makeToken, signInWithToken, worklist } from "@nacre/api";
import { expect, it } from "vitest";
import { testServer } from "../test-server.ts";

/** A patient's name in every place of a request that a person or a program could put it. */
const NAME = "Mustermann-Erika-1964";

it("A patient's name that is planted anywhere in a request is nowhere in the log", async () => {
  const server = await testServer();
  try {
    await server.send(worklist, { query: { find: NAME, project: "0123456789abcdef" } });
    await server.fetch(`/api/worklist?patient=${NAME}`);
    await server.fetch(`/api/slides/${NAME}`);
    await server.fetch(`/api/${NAME}`);
    await server.fetch(`/${NAME}/${NAME}.svs?name=${NAME}#${NAME}`);
    await server.fetch(`/api/cases/${NAME}/report.${NAME}`);
    await server.send(signInWithToken, { body: { token: `nacre_${NAME}` } });
    await server.fetch("/api/tokens", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `{"${NAME}`,
    });
    await server.fetch("/api/tokens", { method: "POST", headers: { "content-type": NAME }, body: NAME });
    await server.call(makeToken, { body: { name: NAME, role: "viewer" } });
    await server.fetch("/api/session", {
      headers: {
        "user-agent": NAME,
        referer: `http://x/${NAME}`,
        cookie: `nacre_session=${NAME}`,
        "x-request-id": NAME,
      },
    });
    await server.fetch("/api/session", { headers: { authorization: `Bearer ${NAME}` } });
  } finally {
    await server.close();
  }
  const lines = server.log().trim().split("\n");
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter((line) => line.includes("Mustermann"))).toEqual([]);
  expect(server.log()).toContain('"route":"/api/worklist"');
});
