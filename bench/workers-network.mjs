/**
 * A way to the database that can be cut. Where network namespaces are allowed, the worker lives in one of its own, and its link is set
 * down: packets are lost and nobody is told, as when a cable is drawn. Else a proxy on loopback stands still.
 */
import { execFileSync } from "node:child_process";
import { startProxy } from "./workers-postgres.mjs";

/** Addresses for documentation and tests (RFC 5737). */
const [OUTSIDE, INSIDE] = ["192.0.2.1", "192.0.2.2"];

/** @returns where the worker finds the database, how it is started, and `cut` and `mend` */
export async function startWay(port) {
  return (await startNamespace(port)) ?? (await startLoopback(port));
}

async function startLoopback(port) {
  const proxy = await startProxy(port);
  return { kind: "loopback proxy", host: "127.0.0.1", within: [], ...proxy };
}

/** @returns null where this process may not make one */
async function startNamespace(port) {
  const name = `nacre-${process.pid}`;
  const [near, far] = [`nacre${process.pid % 100_000}a`, `nacre${process.pid % 100_000}b`];
  const ip = (...args) => execFileSync("ip", args, { stdio: "ignore" });
  const remove = () => {
    for (const args of [
      ["netns", "del", name],
      ["link", "del", near],
    ])
      try {
        ip(...args);
      } catch {
        // It was never made, or went with the other.
      }
  };
  try {
    ip("netns", "add", name);
    ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", name);
    ip("addr", "add", `${OUTSIDE}/30`, "dev", near);
    ip("link", "set", near, "up");
    ip("-n", name, "addr", "add", `${INSIDE}/30`, "dev", far);
    ip("-n", name, "link", "set", far, "up");
  } catch {
    remove();
    return null;
  }
  // However this process ends, but for SIGKILL.
  process.once("exit", remove);
  // The database listens on loopback alone: what comes over the link is handed on, and never held.
  const proxy = await startProxy(port, OUTSIDE);
  return {
    kind: "network namespace",
    host: OUTSIDE,
    port: proxy.port,
    within: ["ip", "netns", "exec", name],
    cut: () => ip("link", "set", near, "down"),
    mend: () => ip("link", "set", near, "up"),
    close() {
      proxy.close();
      remove();
      process.off("exit", remove);
    },
  };
}
