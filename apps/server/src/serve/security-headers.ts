/**
 * Headers of every reply. Pages load scripts, styles, pictures and data from this service alone, run no inline script, are framed by
 * nobody and tell nobody where they were. WebAssembly is compiled by the pages that work in the browser alone.
 */
import type { FastifyReply } from "fastify";
import type { ServerConfig } from "../config.ts";

export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

export function addSecurityHeaders(reply: FastifyReply, config: ServerConfig): void {
  reply.headers({
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
  });
  if (config.publicUrl?.startsWith("https:")) reply.header("strict-transport-security", "max-age=31536000");
}
