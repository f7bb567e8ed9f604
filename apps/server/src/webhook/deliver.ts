/** Sends one body to one address: signed, within five seconds, to the address that was looked at, and never on to another by a redirect. */
import { createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { describeFailure } from "@nacre/core";
import { type ReachOptions, reach } from "./reach.ts";

export interface Delivery {
  readonly url: string;
  readonly secret: string;
  readonly body: string;
}

export interface Delivered {
  /** Status of the answer; null: none came. */
  readonly status: number | null;
  readonly text: string;
  readonly isDone: boolean;
  /** Whether trying again may help. */
  readonly mayRetry: boolean;
}

export interface DeliverOptions extends ReachOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export const SIGNATURE = "x-nacre-signature";

/** What the receiver computes over the bytes of the body, to know from whom it comes. */
export function signBody(body: string, secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(body, "utf8").digest("hex")}`;
}

export async function deliver(delivery: Delivery, options: DeliverOptions): Promise<Delivered> {
  const reached = await reach(delivery.url, options);
  if (!reached.ok) {
    const mayRetry = reached.failure.kind !== "refused";
    return { status: null, text: describeFailure(reached.failure).slice(0, 300), isDone: false, mayRetry };
  }
  const { url, address, family } = reached.value;
  const lookup: LookupFunction = (_host, { all }, found) => {
    if (all === true) found(null, [{ address, family }]);
    else found(null, address, family);
  };
  const signal = AbortSignal.any([AbortSignal.timeout(options.timeoutMs), options.signal]);
  try {
    const status = await post(url, delivery, { lookup, signal });
    return answered(status);
  } catch (error) {
    const text = signal.aborted
      ? `no answer within ${options.timeoutMs / 1000} s`
      : `no connection: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`;
    return { status: null, text, isDone: false, mayRetry: true };
  }
}

function answered(status: number): Delivered {
  if (status >= 200 && status < 300) return { status, text: "delivered", isDone: true, mayRetry: false };
  if (status >= 300 && status < 400)
    return { status, text: "a redirect, which is not followed", isDone: false, mayRetry: false };
  return {
    status,
    text: `answered with ${status}`,
    isDone: false,
    mayRetry: status >= 500 || status === 429 || status === 408,
  };
}

interface Way {
  readonly lookup: LookupFunction;
  readonly signal: AbortSignal;
}

/** @returns the status; what else comes back is thrown away unread */
function post(url: URL, { body, secret }: Delivery, { lookup, signal }: Way): Promise<number> {
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "user-agent": "nacre-webhook",
    [SIGNATURE]: signBody(body, secret),
  };
  const ask = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    // No agent: a connection kept open would outlive the look at its address.
    const sent = ask(url, { method: "POST", headers, lookup, signal, agent: false }, (reply) => {
      resolve(reply.statusCode ?? 0);
      reply.destroy();
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
