/** A small server that keeps objects as S3 does, and checks every signature by its own reading of AWS Signature Version 4. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";

export interface S3Like {
  readonly url: string;
  readonly objects: Map<string, Buffer>;
  /** The next so many requests get a 503. */
  fail(times: number): void;
  close(): void;
}

export const KEY = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a/secret+key" };

export function startS3Like(): Promise<S3Like> {
  const objects = new Map<string, Buffer>();
  let failing = 0;
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      if (failing > 0) {
        failing--;
        reply.writeHead(503).end();
        return;
      }
      if (!isSigned(request, body)) {
        reply.writeHead(403).end("<Error><Code>SignatureDoesNotMatch</Code></Error>");
        return;
      }
      const key = decodeURIComponent(request.url ?? "");
      const known = objects.get(key);
      if (request.method === "PUT") {
        objects.set(key, body);
        reply.writeHead(200).end();
      } else if (known === undefined) reply.writeHead(404).end();
      else reply.writeHead(200).end(known);
    });
  });
  return new Promise((ready) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      ready({
        url: `http://127.0.0.1:${port}`,
        objects,
        fail: (times) => {
          failing = times;
        },
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      });
    });
  });
}

function isSigned(request: IncomingMessage, body: Buffer): boolean {
  const said =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? "",
    );
  if (said === null || said[1] !== KEY.accessKeyId) return false;
  const [, , day = "", region = "", signed = "", signature = ""] = said;
  const headerOf = (name: string): string => String(request.headers[name] ?? "").trim();
  const payload = headerOf("x-amz-content-sha256");
  if (payload !== "UNSIGNED-PAYLOAD" && payload !== sha256(body)) return false;
  if (!signed.split(";").includes("host") || !headerOf("x-amz-date").startsWith(day)) return false;
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const canonical = [
    request.method,
    path,
    query,
    ...signed.split(";").map((name) => `${name}:${headerOf(name)}`),
    "",
    signed,
    payload,
  ].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", headerOf("x-amz-date"), scope, sha256(canonical)].join("\n");
  const key = [day, region, "s3", "aws4_request"].reduce<Buffer | string>(
    (before, part) => hmac(before, part),
    `AWS4${KEY.secretAccessKey}`,
  );
  return timingSafeEqual(Buffer.from(hmac(key, text).toString("hex")), Buffer.from(signature));
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}

function sha256(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
