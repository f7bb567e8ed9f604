/**
 * Shows a folder of pages to this machine alone: it listens on loopback. Its answers isolate the page (COOP, COEP), without which a browser
 * gives no memory that threads can share. Usage: node serve.mjs [FOLDER] [PORT]
 */
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-cache",
};

/** The file an address means, or null. Nothing outside the folder is ever one. */
function fileAt(folder, address) {
  let path;
  try {
    path = decodeURIComponent(new URL(address, "http://localhost").pathname);
  } catch {
    return null;
  }
  const file = resolve(folder, `.${path.endsWith("/") ? `${path}index.html` : path}`);
  const found =
    file.startsWith(folder + sep) && !path.includes("\0") ? statSync(file, { throwIfNoEntry: false }) : undefined;
  return found?.isFile() ? { file, size: found.size } : null;
}

/** A server of a folder, on loopback; resolves when it listens. Port 0 takes a free one. */
export function serve(folder, port, headers = ISOLATED) {
  const root = resolve(folder);
  const server = createServer((request, response) => {
    const found = request.method === "GET" || request.method === "HEAD" ? fileAt(root, request.url ?? "/") : null;
    if (found === null) return response.writeHead(404, { "Content-Type": "text/plain" }).end("not here\n");
    const type = TYPES[extname(found.file)] ?? "application/octet-stream";
    response.writeHead(200, { ...headers, "Content-Type": type, "Content-Length": found.size });
    if (request.method === "HEAD") return response.end();
    return createReadStream(found.file).pipe(response);
  });
  return new Promise((done, refuse) => {
    server.once("error", refuse);
    server.listen(port, "127.0.0.1", () => done(server));
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const own = join(dirname(fileURLToPath(import.meta.url)), "dist", "fit");
  const [folder = own, port = "8017"] = process.argv.slice(2);
  const server = await serve(folder, Number(port));
  console.log(`http://127.0.0.1:${server.address().port}/  (${resolve(folder)}; Ctrl-C ends it)`);
}
