/**
 * Objects in storage that speaks S3: put, read, list nothing. Requests are signed by aws4fetch (AWS Signature Version 4).
 * A put is whole or absent by the protocol: an object is seen when its last byte has arrived.
 */
import { setTimeout as rest } from "node:timers/promises";
import { raise } from "@nacre/core";
import { AwsClient } from "aws4fetch";

export interface S3Place {
  readonly bucket: string;
  /** Without a slash at its ends; may be empty. */
  readonly prefix: string;
}

export interface S3Options {
  /** https://s3.eu-central-1.amazonaws.com, http://minio:9000 */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Reads `s3://bucket/prefix`. @throws FailureError bad-usage */
export function readS3Place(text: string): S3Place {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text);
  if (match?.[1] === undefined)
    return raise("bad-usage", {
      expected: "s3://bucket/prefix",
      received: text,
      remedy: "for example s3://pathology/features",
    });
  return { bucket: match[1], prefix: (match[2] ?? "").replace(/^\/+|\/+$/g, "") };
}

/** From the variables that other tools read too. @throws FailureError bad-usage where the keys are missing */
export function s3FromEnvironment(env: Readonly<Record<string, string | undefined>>): S3Options {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "us-east-1";
  if (!accessKeyId || !secretAccessKey)
    return raise("bad-usage", {
      expected: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment",
      received: "not both",
      remedy: "set them, and AWS_ENDPOINT_URL for storage of your own",
    });
  const endpoint = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL ?? `https://s3.${region}.amazonaws.com`;
  const sessionToken = env.AWS_SESSION_TOKEN;
  return { endpoint, region, accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

export interface S3Client {
  /** @throws FailureError no-permission, or internal where the storage does not answer after several tries */
  put(key: string, body: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** null: there is no such object. */
  read(key: string, signal?: AbortSignal): Promise<Uint8Array | null>;
}

const TRIES = 6;
const FIRST_MS = 300;
const LIMIT_MS = 120_000;

export function s3Client({ bucket, prefix }: S3Place, options: S3Options): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey, sessionToken } = options;
  const aws = new AwsClient({
    accessKeyId,
    secretAccessKey,
    region,
    service: "s3",
    // Tries are counted here, where a signal can end them.
    retries: 0,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
  const urlOf = (key: string): string => {
    const path = [bucket, prefix, key].filter((part) => part !== "").join("/");
    return `${endpoint.replace(/\/+$/, "")}/${path.split("/").map(encoded).join("/")}`;
  };
  const ask = async (method: string, key: string, body: Uint8Array | null, signal?: AbortSignal): Promise<Response> => {
    for (let tries = 1; ; tries++) {
      const reply = await askOnce(method, key, body, signal).catch((error: unknown) => {
        if (signal?.aborted === true) throw error;
        return error instanceof Error ? error : new Error(String(error));
      });
      if (reply instanceof Response && reply.status < 500 && reply.status !== 429) return reply;
      const received = reply instanceof Response ? `status ${reply.status}` : reply.message;
      if (reply instanceof Response) await reply.arrayBuffer().catch(() => null);
      if (tries >= TRIES) return unreachable(endpoint, received);
      await rest(FIRST_MS * 2 ** tries * (0.5 + Math.random() / 2), undefined, signal === undefined ? {} : { signal });
    }
  };
  const askOnce = (method: string, key: string, body: Uint8Array | null, signal?: AbortSignal): Promise<Response> => {
    const limit = AbortSignal.timeout(LIMIT_MS);
    return aws.fetch(urlOf(key), {
      method,
      ...(body === null ? {} : { body: new Uint8Array(body) }),
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
  };
  return {
    async put(key, body, signal) {
      const reply = await ask("PUT", key, body, signal);
      await reply.arrayBuffer().catch(() => null);
      if (!reply.ok) refused(reply, `to put ${key} into ${bucket}`);
    },
    async read(key, signal) {
      const reply = await ask("GET", key, null, signal);
      const bytes = new Uint8Array(await reply.arrayBuffer());
      if (reply.status === 404) return null;
      return reply.ok ? bytes : refused(reply, `to read ${key} from ${bucket}`);
    },
  };
}

/** As signatures want it (RFC 3986): the path that is sent is the path that is signed. */
function encoded(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function refused(reply: Response, expected: string): never {
  return raise("no-permission", {
    expected,
    received: `status ${reply.status}`,
    remedy: "check the keys, the bucket and its policy",
  });
}

function unreachable(endpoint: string, received: string): never {
  return raise("internal", {
    expected: `storage that answers at ${endpoint}`,
    received: `${received}, after ${TRIES} tries`,
    remedy: "check the address and the network, then retry the failed units",
  });
}
