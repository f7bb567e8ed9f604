/**
 * Whether an address may be told of events. Somebody who may add a webhook must not be able to make the service knock at doors that only it
 * can reach: so the host must be named in the configuration ("*": every public host), every address its name resolves to is looked at, and the
 * connection is made to the very address that was looked at, not to what the name says a moment later.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { fail, type Outcome, ok } from "@nacre/core";
import ipaddr from "ipaddr.js";

export interface Reached {
  readonly url: URL;
  /** The address to connect to. */
  readonly address: string;
  readonly family: 4 | 6;
}

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const resolveName: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

export interface ReachOptions {
  /** Names or addresses of the configuration; "*": every host whose addresses are public. */
  readonly hosts: readonly string[];
  readonly resolve: Resolve;
}

/** Failures: refused (with why), unreachable where the name has no address. */
export async function reach(address: string, { hosts, resolve }: ReachOptions): Promise<Outcome<Reached>> {
  const read = readAddress(address);
  if (!read.ok) return read;
  const { url, host } = read.value;
  const isNamed = hosts.some((name) => hostOf(name) === host);
  if (!isNamed && !hosts.includes("*"))
    return refused(`the host ${host}`, "a host that the configuration names (webhookHosts)");
  const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
  const wrong = addresses.find((one) => !mayReach(one, { isNamed, isLiteral: isIP(host) !== 0 }));
  if (wrong !== undefined)
    return refused(
      `${host}, which is ${rangeOf(wrong)} (${wrong})`,
      "a public address, or a host that the configuration names",
    );
  const [first] = addresses;
  if (first === undefined) {
    return fail("bad-value", {
      expected: `an address of ${host}`,
      received: "none",
      remedy: "correct the name, or try again later",
    });
  }
  return ok({ url, address: first, family: isIP(first) === 6 ? 6 : 4 });
}

function readAddress(address: string): Outcome<{ readonly url: URL; readonly host: string }> {
  if (!URL.canParse(address)) return refused("no address", "an address: https://host/path");
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return refused(`an address of ${url.protocol}`, "http or https");
  if (url.username !== "" || url.password !== "")
    return refused("a name and password in the address", "an address without them; bodies are signed");
  return ok({ url, host: hostOf(url.hostname) });
}

/** Lower case, without brackets and without the dot at the end that makes a second spelling of the same name. */
function hostOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
}

/** Of a named host every address but the link-local ones, behind which a cloud keeps its secrets: those only where they are named as numbers. */
function mayReach(
  address: string,
  { isNamed, isLiteral }: { readonly isNamed: boolean; readonly isLiteral: boolean },
): boolean {
  const range = rangeOf(address);
  if (range === "unicast") return true;
  return isNamed && (isLiteral || (range !== "linkLocal" && range !== "unspecified"));
}

/** IPv4 inside IPv6 counts as what it is. Whatever is no ordinary public address has another name than "unicast". */
function rangeOf(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).range() : "no address";
}

function refused(received: string, expected: string): Outcome<never> {
  return fail("refused", {
    expected,
    received,
    remedy: "use another address, or have the host named in the configuration",
  });
}
