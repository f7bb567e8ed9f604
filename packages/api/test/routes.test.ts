import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineRoute, LADDER, mayDo, ROUTES } from "../src/index.ts";

const routes = Object.entries(ROUTES);

describe("routes", () => {
  it("have the name under which they are exported, and no two the same place", () => {
    expect(routes.map(([name, route]) => [name, route.id]).filter(([name, id]) => name !== id)).toEqual([]);
    const places = routes.map(([, { method, path }]) => `${method} ${path.replace(/:\w+/g, ":")}`);
    expect(places.filter((place, i) => places.indexOf(place) !== i)).toEqual([]);
  });

  it("can each be told as JSON Schema, for the OpenAPI document", () => {
    for (const [, { params, query, reply }] of routes)
      for (const schema of [params, query, reply]) expect(z.toJSONSchema(schema, { io: "input" })).toBeTypeOf("object");
  });

  it("that change something ask for more than looking", () => {
    const free = routes.filter(([, { method, role }]) => method !== "GET" && (role === null || role === "viewer"));
    expect(free.map(([name]) => name).sort()).toEqual(["signInWithToken", "signOut"]);
  });

  it("take only keys, moments and names without a slash in their path", () => {
    for (const [name, { path, params }] of routes) {
      const parts = [...path.matchAll(/:(\w+)/g)].map(([, part]) => part ?? "");
      const good = { ...Object.fromEntries(parts.map((part) => [part, "../../etc/passwd"])) };
      if (parts.length > 0) expect(params.safeParse(good).success, `${name} takes a path`).toBe(false);
    }
  });

  it("take no rectangle that is less than a pixel: there is nothing to enlarge", () => {
    const { query } = ROUTES.readRegion;
    const whole = { x: -0.5, y: 0, width: 1, height: 1 };
    expect(query.safeParse(whole).success).toBe(true);
    for (const side of [1e-310, 0.5, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      for (const name of ["width", "height"])
        expect(query.safeParse({ ...whole, [name]: side }).success, `${name} ${side}`).toBe(false);
  });

  it("refuse to be defined with a path parameter that has no schema", () => {
    expect(() => defineRoute("GET /a/:b", { id: "x", role: null, summary: "", reply: z.any() })).toThrow(
      /expected a schema of the path parameter b/,
    );
  });
});

describe("roles", () => {
  it("are a ladder: each may do all that those before it may", () => {
    LADDER.forEach((has, i) => {
      LADDER.forEach((needs, j) => {
        expect(mayDo(has, needs)).toBe(i >= j);
      });
    });
  });

  it("keep workers apart: they see no page, and only an admin may stand in for one", () => {
    expect(LADDER.filter((needs) => mayDo("worker", needs))).toEqual([]);
    expect(LADDER.filter((has) => mayDo(has, "worker"))).toEqual(["admin"]);
  });
});
