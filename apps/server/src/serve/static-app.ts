/** The web app: its built files, and its page for every address that is neither a file nor of the interface. */
import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isApi, unknownRoute } from "./address.ts";
import { plainPage } from "./plain-page.ts";

/** Files whose name holds a hash of their content: NAME-hhhhhhhh.js */
const HASHED = /-[\w-]{8,}\.\w+(\.\w+)?$/;

export async function addStaticApp(app: FastifyInstance, folder: string | null): Promise<void> {
  const root = folder !== null && existsSync(join(folder, "index.html")) ? folder : null;
  if (root !== null)
    await app.register(fastifyStatic, {
      root,
      index: "index.html",
      dotfiles: "deny",
      cacheControl: false,
      allowedPath: (path) => staysInside(root, path),
      setHeaders: (reply, path) => {
        reply.header("cache-control", HASHED.test(path) ? "public, max-age=31536000, immutable" : "no-cache");
      },
    });
  app.setNotFoundHandler(async (request, reply) => answerElse(request, reply, root));
}

/** Whether a file is where its name says: a link in the folder could lead out of it. */
function staysInside(root: string, path: string): boolean {
  const inside = relative(realpathSync(root), realpathOrNull(join(root, path)) ?? root);
  return !inside.startsWith("..") && !isAbsolute(inside);
}

function realpathOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function answerElse(request: FastifyRequest, reply: FastifyReply, root: string | null): FastifyReply {
  const path = request.url.replace(/[?#].*$/s, "");
  const isPage = (request.method === "GET" || request.method === "HEAD") && !isApi(path) && !/\.\w+$/.test(path);
  if (!isPage) unknownRoute(request);
  if (root !== null) return reply.sendFile("index.html", root);
  return reply
    .code(503)
    .type("text/html; charset=utf-8")
    .send(
      plainPage(
        "The web app is not built",
        "Run `npm run build` in the folder that holds package.json. The interface under /api works.",
      ),
    );
}
