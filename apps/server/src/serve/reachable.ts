/** Addresses under which people reach a service: the public one, the one it is bound to, or those of this machine where it is bound to all. */
import { networkInterfaces } from "node:os";
import type { ServerConfig } from "../config.ts";

const ALL = ["0.0.0.0", "::", "[::]"];
const MOST = 4;

/** @param port that it listens at @returns at least one, the likeliest first */
export function reachableAt({ host, publicUrl }: Pick<ServerConfig, "host" | "publicUrl">, port: number): string[] {
  if (publicUrl !== undefined) return [publicUrl];
  if (!ALL.includes(host)) return [addressOf(host, port)];
  const families = host === "0.0.0.0" ? ["IPv4"] : ["IPv4", "IPv6"];
  const others = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, family, scopeid }) => !internal && families.includes(family) && !scopeid)
    .sort((a, b) => a.family.localeCompare(b.family))
    .map(({ address }) => addressOf(address, port));
  return others.length === 0 ? [addressOf("127.0.0.1", port)] : others.slice(0, MOST);
}

function addressOf(host: string, port: number): string {
  return `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}
