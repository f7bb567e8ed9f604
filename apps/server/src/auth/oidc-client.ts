/** The identity provider: found once by its issuer, asked with PKCE, state and nonce, its groups made into a role, rights and projects. Who has no role is not let in. */
import { LADDER, type Person, RIGHTS, type Right, type Role, roleSchema } from "@nacre/api";
import * as oidc from "openid-client";
import { keyOf } from "../archive/key-of.ts";
import type { OidcConfig } from "../config.ts";
import { reasonOf } from "../service/reason.ts";
import { isLoopback } from "./openness.ts";

export interface OidcClient {
  /** Where the browser is sent, and what must be remembered until it comes back. */
  begin(callback: string): Promise<{ readonly url: string; readonly kept: Kept }>;
  /** Who came back. @throws where the answer does not belong to what was kept */
  finish(current: URL, kept: Kept): Promise<Claims>;
  /** Asks the provider what it is, at most once within `LOOK_MS`. @returns why it does not answer; null where it does */
  look(): Promise<string | null>;
}

export const LOOK_MS = 30_000;

/** What ties an answer to the browser that asked. */
export interface Kept {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

const SCOPE = "openid profile email";

/** @param closing ends what is asked of the provider */
export function oidcClient(config: OidcConfig, closing?: AbortSignal): OidcClient {
  let found: Promise<oidc.Configuration> | null = null;
  const provider = () => {
    found ??= discover(config, closing).catch((error: unknown) => {
      // Not kept: the provider may be there the next time.
      found = null;
      throw error;
    });
    return found;
  };
  let looked: { readonly at: number; readonly why: Promise<string | null> } | null = null;
  const look = async (): Promise<string | null> => {
    try {
      const there = await discover(config, closing);
      found = Promise.resolve(there);
      return null;
    } catch (error) {
      return reasonOf(error);
    }
  };
  return {
    look: () => {
      const at = performance.now();
      if (looked === null || at - looked.at >= LOOK_MS) looked = { at, why: look() };
      return looked.why;
    },
    begin: async (callback) => {
      const kept = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
      const url = oidc.buildAuthorizationUrl(await provider(), {
        redirect_uri: callback,
        scope: config.scope ?? SCOPE,
        state: kept.state,
        nonce: kept.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, kept };
    },
    finish: async (current, { state, nonce, verifier }) => {
      const at = await provider();
      const tokens = await oidc.authorizationCodeGrant(at, current, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error("no id token");
      // Many providers put groups into the answer about the user alone.
      const more = at.serverMetadata().userinfo_endpoint === undefined;
      const user = more ? {} : await oidc.fetchUserInfo(at, tokens.access_token, claims.sub);
      return { ...user, ...claims };
    },
  };
}

/** Asks the provider what it is. @throws where it does not answer, or is not who it says */
export function discover(
  { issuer, clientId, clientSecret }: OidcConfig,
  closing?: AbortSignal,
): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  const isNear = url.protocol === "http:" && isLoopback(url.hostname);
  return oidc.discovery(url, clientId, clientSecret, clientSecret === undefined ? oidc.None() : undefined, {
    timeout: 10,
    [oidc.customFetch]: (where, { signal = null, ...asked }) =>
      // The library's bodies are those of fetch; the types differ in what may be undefined.
      fetch(where, { ...asked, signal: anyOf(signal, closing) } as RequestInit),
    // Without TLS only on this machine.
    ...(isNear ? { execute: [oidc.allowInsecureRequests] } : {}),
  });
}

function anyOf(one: AbortSignal | null, other: AbortSignal | undefined): AbortSignal | null {
  return one === null || other === undefined ? (one ?? other ?? null) : AbortSignal.any([one, other]);
}

/** The person of an answer; null where no group of theirs gives a role. */
export function personOfClaims(claims: Claims, config: OidcConfig): Person | null {
  const groups = groupsOf(claims, config.claim);
  const role = highest(groups.flatMap((group) => own(config.roles, group) ?? []));
  if (role === null) return null;
  const named = [claims.name, claims.preferred_username, claims.email].find((n) => typeof n === "string" && n !== "");
  return {
    id: `oidc:${claims.sub}`,
    name: (named as string | undefined) ?? claims.sub,
    role,
    rights: RIGHTS.filter((right): right is Right =>
      groups.some((g) => own(config.rights, g)?.includes(right) === true),
    ),
    projects: config.projects === undefined ? null : projectKeys(groups, config.projects),
    how: "oidc",
  };
}

function projectKeys(groups: readonly string[], projects: Readonly<Record<string, readonly string[]>>): string[] {
  return [...new Set(groups.flatMap((group) => own(projects, group) ?? []))].map((name) => keyOf("project", name));
}

/** Values of a claim; `realm_access.roles` goes into objects. */
function groupsOf(claims: Claims, path: string): string[] {
  const inside = (value: unknown, name: string) =>
    typeof value === "object" && value !== null && Object.hasOwn(value, name)
      ? (value as Record<string, unknown>)[name]
      : undefined;
  const found = Object.hasOwn(claims, path) ? claims[path] : path.split(".").reduce<unknown>(inside, claims);
  return [found].flat().filter((value): value is string => typeof value === "string");
}

function own<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

function highest(roles: readonly string[]): Role | null {
  const known = roles.flatMap((role) => roleSchema.safeParse(role).data ?? []);
  return [...LADDER].reverse().find((role) => known.includes(role)) ?? (known.includes("worker") ? "worker" : null);
}
