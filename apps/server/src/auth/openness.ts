/** When a service may answer without sign-in: bound to this machine alone, with no proxy and no identity provider before it. */
import { isIP } from "node:net";
import { fail, type Outcome, ok } from "@nacre/core";
import ipaddr from "ipaddr.js";
import type { ServerConfig } from "../config.ts";

/** Whether an address or name means this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "");
  if (name === "localhost" || name === "127.0.0.1" || name === "::1") return true;
  return isIP(name) !== 0 && ipaddr.process(name).range() === "loopback";
}

/** Whether everybody must sign in. */
export function needsSignIn(config: ServerConfig): boolean {
  return !isLoopback(config.host) || config.publicUrl !== undefined || config.oidc !== undefined;
}

/** Whether tokens and pictures go over a network that others may listen to: no https before it. */
export function isReadable({ host, publicUrl }: Pick<ServerConfig, "host" | "publicUrl">): boolean {
  if (publicUrl === undefined) return !isLoopback(host);
  const { protocol, hostname } = new URL(publicUrl);
  return protocol === "http:" && !isLoopback(hostname);
}

/** Refuses a service that others could reach and nobody need sign in to, or could. */
export function checkOpenness(config: ServerConfig): Outcome<void> {
  if (!needsSignIn(config) || config.oidc !== undefined || config.tokens) return ok(undefined);
  const where = isLoopback(config.host) ? `publicUrl ${config.publicUrl}` : `the address ${config.host}`;
  return fail("refused", {
    expected: "a way to sign in (oidc or tokens) for a service that others can reach",
    received: `${where} and neither`,
    remedy:
      "configure oidc, or allow tokens and make the first with nacre serve DIR --make-token admin; or stay on 127.0.0.1",
  });
}
