/**
 * One range of a file on a web server (RFC 9110, section 14): asked for, checked, and asked again where the trouble may
 * pass. Nothing the server says is believed: which bytes it sends, of how long a file and of which version is held against what
 * was asked, and no more bytes are taken than were wanted.
 */
import { FailureError, type FailureKind, raise } from "@nacre/core";

export interface HttpOptions {
  /** Another fetch than the platform's: one that signs requests, or goes through a proxy. */
  readonly fetch?: typeof globalThis.fetch;
  /** Sent with every request, but never to another host that the server redirects to. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends every request of the source. */
  readonly signal?: AbortSignal;
  /** Time for one request; default 30,000 ms. */
  readonly timeoutMs?: number;
  /** How often a request is made before it fails; default 3. */
  readonly attempts?: number;
}

/** Where a file lies: what the user named, and where the server sent us from there. */
export interface Address {
  readonly name: string;
  readonly given: URL;
  now: URL;
}

export interface Answer {
  readonly bytes: Uint8Array;
  /** Length of the whole file. */
  readonly total: number;
  /** ETag or, where there is none, the date of the last change; null where the server tells neither. */
  readonly version: string | null;
}

const MOST_REDIRECTS = 5;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5000;
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The address of a text. @throws FailureError `refused` where it is none of http or https, or carries a password */
export function addressOf(url: string | URL): Address {
  const given = URL.canParse(String(url)) ? new URL(url) : null;
  if (!given || !/^https?:$/.test(given.protocol) || given.username !== "" || given.password !== "") {
    return raise("refused", {
      expected: "an http or https address without a password in it",
      received: given ? `${given.protocol}//${given.host}` : "a text that is no address",
      remedy: "name the whole address, and hand a password over as a header",
    });
  }
  // what follows the question mark may be a signature: it is kept out of messages
  return { name: given.origin + readable(given.pathname), given, now: given };
}

function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Trouble that may pass. */
class Passing extends Error {
  readonly waitMs: number;
  constructor(message: string, waitMs = 0) {
    super(message);
    this.waitMs = waitMs;
  }
}

/**
 * `length` bytes from `offset`, fewer only where the file ends; a server that ignores ranges is borne with where the whole file is no longer than that.
 * @throws FailureError missing-file, no-permission, empty-file, refused, unreadable-file
 */
export async function requestRange(
  address: Address,
  offset: number,
  length: number,
  options: HttpOptions,
): Promise<Answer> {
  const attempts = options.attempts ?? 3;
  for (let attempt = 1; ; attempt++) {
    try {
      return await requestOnce(address, offset, length, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof FailureError) {
        if (address.now === address.given || !isFailureOfAddress(error)) throw error;
        address.now = address.given; // an address that was lent for a while
        if (attempt >= attempts) throw error;
        continue;
      }
      if (attempt >= attempts) unreadable(address, `${reasonOf(error)}, ${attempt} times`);
      const waitMs = error instanceof Passing ? error.waitMs : 0;
      await pause(Math.max(waitMs, FIRST_WAIT_MS * 2 ** (attempt - 1)), options.signal);
    }
  }
}

const isFailureOfAddress = ({ failure }: FailureError): boolean =>
  failure.kind === "missing-file" || failure.kind === "no-permission";

async function requestOnce(address: Address, offset: number, length: number, options: HttpOptions): Promise<Answer> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const response = await follow(address, `bytes=${offset}-${offset + length - 1}`, signal, options);
  try {
    return await answerOf(response, address, offset, length);
  } finally {
    // what is left of the body, if anything, is not fetched
    await response.body?.cancel().catch(() => {});
  }
}

async function follow(address: Address, range: string, signal: AbortSignal, options: HttpOptions): Promise<Response> {
  const send = options.fetch ?? globalThis.fetch;
  let url = address.now;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const own = url.origin === address.given.origin ? options.headers : {};
    const headers = { ...own, range, "accept-encoding": "identity" };
    let response = await send(url, { headers, signal, redirect: "manual" });
    // a browser does not tell where it is sent: it must follow by itself, and drops what is secret on the way
    if (response.type === "opaqueredirect") response = await send(url, { headers, signal, redirect: "follow" });
    if (response.url !== "" && new URL(response.url).protocol !== address.given.protocol) otherScheme(address);
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || response.status === 304 || location === null) {
      address.now = url;
      return response;
    }
    await response.body?.cancel().catch(() => {});
    if (!URL.canParse(location, url.href)) unreadable(address, "a redirect to no address");
    url = new URL(location, url);
    if (url.protocol !== address.given.protocol) otherScheme(address);
  }
  return unreadable(address, `more than ${MOST_REDIRECTS} redirects`);
}

async function answerOf(response: Response, address: Address, offset: number, length: number): Promise<Answer> {
  const { status, headers } = response;
  const version = headers.get("etag") ?? headers.get("last-modified");
  const encoding = headers.get("content-encoding") ?? "identity";
  if (status === 206) {
    if (encoding !== "identity") unreadable(address, `bytes compressed by ${encoding} on the way`);
    const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "");
    if (!match)
      return unreadable(address, "a range that does not say which (Content-Range is absent, or not exposed to pages)");
    const [first, last, total] = match.slice(1).map(Number) as [number, number, number];
    const end = Math.min(offset + length, total);
    if (first !== offset || last !== end - 1)
      unreadable(address, `bytes ${first} to ${last}, not ${offset} to ${end - 1}`);
    const bytes = await bodyOf(response, end - offset);
    if (bytes.length !== end - offset) throw new Passing(`${bytes.length} of ${end - offset} bytes`);
    return { bytes, total, version };
  }
  if (status === 200) return wholeOf(response, address, offset, length, version);
  if (status === 416) return emptyOrBeyond(headers.get("content-range"), address, offset);
  if (PASSING.has(status)) throw new Passing(`status ${status}`, waitOf(headers.get("retry-after")));
  return named(status, address);
}

/** A server without ranges sends the whole file: well enough where it is short. */
async function wholeOf(
  response: Response,
  address: Address,
  offset: number,
  length: number,
  version: string | null,
): Promise<Answer> {
  const said = Number(response.headers.get("content-length") ?? "0");
  const bytes = offset === 0 && said <= length ? await bodyOf(response, length) : null;
  if (bytes?.length === 0) empty(address);
  if (bytes && bytes.length <= length) return { bytes, total: bytes.length, version };
  return raise("unreadable-file", {
    expected: `parts of ${address.name}`,
    received: "the whole file: the server does not answer range requests",
    remedy: "serve it from a web server or an object store that does, or copy the file here",
  });
}

/** At most `length` bytes and one more, which then says that there are too many. */
async function bodyOf(response: Response, length: number): Promise<Uint8Array> {
  const out = new Uint8Array(length);
  let done = 0;
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const part = await reader?.read();
      if (!part || part.done) return out.subarray(0, done);
      const { value } = part;
      if (done + value.length > length) return new Uint8Array(length + 1);
      out.set(value, done);
      done += value.length;
    }
  } finally {
    reader?.releaseLock();
  }
}

function emptyOrBeyond(range: string | null, address: Address, offset: number): never {
  if (range === "bytes */0" || offset === 0) empty(address);
  return unreadable(address, `no byte ${offset}: the file changed while it was open`);
}

function empty(address: Address): never {
  return raise("empty-file", {
    expected: `a slide at ${address.name}`,
    received: "a file of zero bytes",
    remedy: "copy the file to the server again",
  });
}

function named(status: number, address: Address): never {
  const kinds: Readonly<Record<number, FailureKind>> = {
    401: "no-permission",
    403: "no-permission",
    404: "missing-file",
    410: "missing-file",
  };
  return raise(kinds[status] ?? "unreadable-file", {
    expected: `a file at ${address.name}`,
    received: `status ${status}`,
    remedy: kinds[status] === "no-permission" ? "hand over the header that the server asks for" : "check the address",
  });
}

function otherScheme(address: Address): never {
  return raise("refused", {
    expected: `${address.name} behind ${address.given.protocol.slice(0, -1)}`,
    received: "a redirect to another scheme",
    remedy: "name the address that the server redirects to, if you trust it",
  });
}

export function unreadable(address: Address, received: string): never {
  return raise("unreadable-file", {
    expected: `bytes of ${address.name}`,
    received,
    remedy: "try again, or copy the file here",
  });
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
};

const waitOf = (retryAfter: string | null): number => {
  const seconds = Number(retryAfter);
  return seconds > 0 ? Math.min(LONGEST_WAIT_MS, seconds * 1000) : 0;
};

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
