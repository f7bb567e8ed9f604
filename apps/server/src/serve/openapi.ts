/** The OpenAPI 3.1 document, made from the routes: their schemas are JSON Schema 2020-12, which 3.1 takes as they are. */
import { errorSchema, type Route } from "@nacre/api";
import { z } from "zod";

type Json = Record<string, unknown>;

/** @param version of the service */
export function openApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = `/api${route.path.replace(/:(\w+)/g, "{$1}").replace("*", "{path}")}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Nacre",
      version,
      summary: "Slides, worklist, studies, search, reports",
      description:
        "Research use only. Not a medical device. Streams are server-sent events whose data is of the schema told.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: { Error: schemaOf(errorSchema, "output") },
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A token: nacre_…" },
        session: { type: "apiKey", in: "cookie", name: "nacre_session" },
      },
    },
  };
}

function operation(route: Route): Json {
  const hasBody = !(route.body instanceof z.ZodUndefined);
  return {
    operationId: route.id,
    summary: route.summary,
    ...(route.role === null
      ? { security: [] }
      : { security: [{ token: [] }, { session: [] }], "x-least-role": route.role }),
    parameters: [...parameters(route, "path"), ...parameters(route, "query")],
    ...(hasBody
      ? { requestBody: { required: true, content: { "application/json": { schema: schemaOf(route.body, "input") } } } }
      : {}),
    responses: {
      "200": { description: "Done", content: { [TYPES[route.kind]]: { schema: replySchema(route) } } },
      default: {
        description: "What was expected, what came, what to do",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

const TYPES = { json: "application/json", bytes: "*/*", events: "text/event-stream" } as const;

function replySchema(route: Route): Json {
  return route.kind === "bytes" ? { type: "string", format: "binary" } : schemaOf(route.reply, "output");
}

function parameters(route: Route, where: "path" | "query"): Json[] {
  const schema = where === "path" ? route.params : route.query;
  if (!(schema instanceof z.ZodObject)) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "input") as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, of]) => ({
    name: name === "*" ? "path" : name,
    in: where,
    required: where === "path" || required.includes(name),
    schema: of,
  }));
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" });
  return rest;
}
