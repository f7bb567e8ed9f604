/** An archive that is broken or hostile: every way is a failure by its own name, in bounded time, and nothing is left in the project's folder. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFailureError } from "@nacre/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ARCHIVE_LIMITS, type ArchiveCall } from "../../src/dicomweb/dicom-request.ts";
import { importSeries } from "../../src/dicomweb/import-series.ts";
import { querySeries } from "../../src/dicomweb/query-series.ts";
import { storeInstances } from "../../src/dicomweb/store-instances.ts";

const WSI = "1.2.840.10008.5.1.4.1.1.77.1.6";
const UID = "2.25.77";
const metadata = (sopClass = WSI, uid = UID, type = "VOLUME") =>
  JSON.stringify([
    {
      "00080008": { vr: "CS", Value: ["ORIGINAL", "PRIMARY", type, "NONE"] },
      "00080016": { vr: "UI", Value: [sopClass] },
      "00080018": { vr: "UI", Value: [uid] },
    },
  ]);
const MULTIPART = 'multipart/related; type="application/dicom"; boundary=cut';
const part = (body: Buffer | string) =>
  Buffer.concat([
    Buffer.from("--cut\r\nContent-Type: application/dicom\r\n\r\n"),
    Buffer.from(body),
    Buffer.from("\r\n--cut--\r\n"),
  ]);

let server: Server;
let url: string;
let answer: RequestListener;
let folder: string;
let asked: string[] = [];

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nacre-broken-")));
  server = createServer((request, reply) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, reply);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web`;
});
beforeEach(() => {
  asked = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const callOf = (limits: Partial<ArchiveCall["limits"]> = {}, signal = new AbortController().signal): ArchiveCall => ({
  source: { name: "lab", url, headers: { authorization: "Bearer very-secret" } },
  limits: { ...ARCHIVE_LIMITS, answerMs: 1500, idleMs: 400, ...limits },
  signal,
});

/** The failure of an import; the answer to the request for the instance is `instance`. */
async function failureOf(instance: RequestListener, limits: Partial<ArchiveCall["limits"]> = {}, list = metadata()) {
  answer = (request, reply) => {
    if (!request.url?.includes("/instances?")) return instance(request, reply);
    reply.setHeader("content-type", "application/dicom+json");
    reply.end(request.url.includes("offset=0") ? list : "[]");
  };
  const project = { key: "0123456789abcdef", name: "p", folder };
  try {
    await importSeries(callOf(limits), project, { study: "1.2.3", series: "1.2.4" });
  } catch (error) {
    if (!isFailureError(error)) throw error;
    expect(existsSync(join(folder, "dicom")) ? readdirSync(join(folder, "dicom")) : []).toEqual([]);
    expect(JSON.stringify(error.failure)).not.toContain("very-secret");
    return error.failure;
  }
  throw new Error("expected a failure, received a slide");
}

const sends =
  (type: string, body: Buffer | string): RequestListener =>
  (_, reply) => {
    reply.setHeader("content-type", type);
    reply.end(body);
  };

describe("an import from an archive", () => {
  it("that closes in the middle is truncated-file", async () => {
    const failure = await failureOf((_, reply) => {
      reply.writeHead(200, { "content-type": MULTIPART, "content-length": "5000" });
      reply.write(part(Buffer.alloc(5000)).subarray(0, 900));
      setTimeout(() => reply.destroy(), 50);
    });
    expect(failure.kind).toBe("truncated-file");
  });

  it("whose boundary is another is truncated-file", async () => {
    const failure = await failureOf(sends(MULTIPART.replace("cut", "other"), part("abc")));
    expect(failure.kind).toBe("truncated-file");
  });

  it("that promises more than the limit, or than the disk holds, is refused before a byte is read", async () => {
    const huge: RequestListener = (_, reply) => {
      reply.writeHead(200, { "content-type": MULTIPART, "content-length": "9000000000000000" });
      reply.write(part(Buffer.alloc(5000)).subarray(0, 900));
    };
    expect((await failureOf(huge, { mostSeries: 10_000_000_000 })).kind).toBe("out-of-bounds");
    expect((await failureOf(huge, { mostSeries: Number.MAX_SAFE_INTEGER })).kind).toBe("disk-full");
  });

  it("that promises 10 GB and falls silent is truncated-file, soon", async () => {
    const failure = await failureOf((_, reply) => {
      reply.writeHead(200, { "content-type": MULTIPART, "content-length": "10000000000" });
      reply.write(part(Buffer.alloc(5000)).subarray(0, 900));
    });
    expect(["truncated-file", "disk-full"]).toContain(failure.kind);
  });

  it("that sends more than the limit without saying so is out-of-bounds", async () => {
    const failure = await failureOf(
      (_, reply) => {
        reply.writeHead(200, { "content-type": MULTIPART });
        reply.end(part(Buffer.alloc(300_000)));
      },
      { mostSeries: 100_000 },
    );
    expect(failure.kind).toBe("out-of-bounds");
  });

  it("that answers with a page is unsupported-format", async () => {
    expect((await failureOf(sends("text/html", "<html>Sign in</html>"))).kind).toBe("unsupported-format");
    expect((await failureOf(sends(MULTIPART, ""), {}, "<html>Sign in</html>")).kind).toBe("unsupported-format");
  });

  it("that sends what is no DICOM, or another instance, is unsupported-format", async () => {
    expect((await failureOf(sends(MULTIPART, part("no dicom at all")))).kind).toBe("unsupported-format");
    const head = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), Buffer.alloc(400)]);
    expect((await failureOf(sends(MULTIPART, part(head)))).received).toContain("another class or UID");
  });

  it("that never answers, refuses or fails is told as that", async () => {
    expect((await failureOf(() => {}, { answerMs: 300 })).received).toContain("no answer within");
    const status = (code: number) => failureOf((_, reply) => reply.writeHead(code).end());
    expect((await status(401)).kind).toBe("refused");
    expect((await status(404)).kind).toBe("missing-file");
    expect((await status(500)).kind).toBe("unreadable-file");
  });

  it("that points to another host is not followed", async () => {
    let elsewhere = 0;
    const other = createServer((_, reply) => {
      elsewhere++;
      reply.end();
    });
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    expect((await failureOf((_, reply) => reply.writeHead(302, { location }).end())).kind).toBe("refused");
    expect(elsewhere).toBe(0);
    other.close();
  });

  it("that lists no slide, only a label, or a UID that is no UID is refused, and asks for nothing more", async () => {
    const never: RequestListener = (_, reply) => reply.end();
    const lists = [
      metadata("1.2.840.10008.5.1.4.1.1.2"),
      metadata(WSI, UID, "LABEL"),
      metadata(WSI, "../../../admin"),
      metadata(WSI, ".."),
    ];
    for (const list of lists) {
      asked = [];
      const { kind } = await failureOf(never, {}, list);
      expect(["unsupported-format", "missing-file"]).toContain(kind);
      expect(asked.filter((path) => !path.includes("/instances?"))).toEqual([]);
    }
  });

  it("that lists page by page is asked for all pages, and for the type of what does not say it", async () => {
    const pages = [
      metadata(WSI, "1.2.1"),
      metadata(WSI, "1.2.2", "LABEL"),
      metadata(WSI, "1.2.3", "").replace(/"00080008.*?},/, ""),
    ];
    answer = (request, reply) => {
      const { pathname, searchParams } = new URL(request.url ?? "", url);
      const list = pages[Number(searchParams.get("offset"))] ?? "[]";
      if (pathname.endsWith("/instances")) return void reply.end(list);
      if (pathname.endsWith("/metadata")) return void reply.end(metadata(WSI, "1.2.3", "LABEL"));
      reply.writeHead(500).end();
    };
    const project = { key: "0123456789abcdef", name: "p", folder };
    await expect(importSeries(callOf(), project, { study: "1.2", series: "1.3" })).rejects.toThrow(/status 500/);
    expect(asked.filter((path) => !path.includes("?"))).toEqual([
      "GET /dicom-web/studies/1.2/series/1.3/instances/1.2.3/metadata",
      "GET /dicom-web/studies/1.2/series/1.3/instances/1.2.1",
    ]);
  });

  it("that lists without end is out-of-bounds", async () => {
    const many = `[${Array.from({ length: 50 }, (_, i) => metadata(WSI, `1.2.${i}`).slice(1, -1)).join()}]`;
    expect((await failureOf(() => {}, { mostInstances: 20 }, many)).kind).toBe("out-of-bounds");
    expect((await failureOf(() => {}, { mostJson: 1000 }, `[${" ".repeat(5000)}]`)).kind).toBe("out-of-bounds");
  });

  it("sweeps away what one that was killed left a day ago, and nothing younger", async () => {
    const own = realpathSync(mkdtempSync(join(tmpdir(), "nacre-killed-")));
    const [old, young] = [".0123456789abcdef.00000000.part", ".0123456789abcdef.00000001.part"];
    for (const name of [old, young, ".mine"]) mkdirSync(join(own, "dicom", name), { recursive: true });
    const longAgo = new Date(Date.now() - 25 * 3600_000);
    for (const name of [old, ".mine"]) utimesSync(join(own, "dicom", name), longAgo, longAgo);
    answer = sends("application/dicom+json", "[]");
    const project = { key: "0123456789abcdef", name: "p", folder: own };
    await expect(importSeries(callOf(), project, { study: "1.2", series: "1.3" })).rejects.toThrow(/missing-file/);
    expect(readdirSync(join(own, "dicom"))).toEqual([young, ".mine"]);
    rmSync(own, { recursive: true });
  });

  it("is not written through a link that leads out of the project", async () => {
    const other = mkdtempSync(join(tmpdir(), "nacre-outside-"));
    const own = realpathSync(mkdtempSync(join(tmpdir(), "nacre-linked-")));
    symlinkSync(other, join(own, "dicom"));
    const project = { key: "0123456789abcdef", name: "p", folder: own };
    await expect(importSeries(callOf(), project, { study: "1.2", series: "1.3" })).rejects.toThrow(/no-permission/);
    expect(readdirSync(other)).toEqual([]);
    for (const each of [other, own]) rmSync(each, { recursive: true });
  });
});

describe("a query", () => {
  it("passes over rows that are no series of slides, and keeps to its limit", async () => {
    const row = (study: unknown, series: unknown, modality = "SM") => ({
      "0020000D": { vr: "UI", Value: [study] },
      "0020000E": { vr: "UI", Value: [series] },
      "00080060": { vr: "CS", Value: [modality] },
      "00100020": { vr: "LO", Value: ["P-1"] },
      "00080020": { vr: "DA", Value: ["20240131"] },
    });
    const rows = [row("1.2", "1.3"), row("../x", "1.4"), row("1.2", {}), row("1.2", "1.5", "CT"), row("1.2", "1.6")];
    answer = sends("application/dicom+json", JSON.stringify(rows));
    const named = await querySeries(callOf(), { offset: 0, limit: 100, patient: "P 1&x" }, true);
    expect(named.map(({ series }) => series)).toEqual(["1.3", "1.6"]);
    expect(named[0]).toMatchObject({ patient: "P-1", date: "2024-01-31" });
    expect(asked[0]).toContain("PatientID=P+1%26x");
    const nameless = await querySeries(callOf(), { offset: 0, limit: 1 }, false);
    expect(nameless).toEqual([
      { study: "1.2", series: "1.3", patient: null, accession: null, date: "2024", description: null, instances: null },
    ]);
  });
});

describe("a store", () => {
  const result = { sopClass: WSI, instance: UID, series: "2.25.8", bytes: new Uint8Array(10) };
  it("that the archive answers without naming the instance is refused, with the archive's reason", async () => {
    const failed = { "00081198": { Value: [{ "00081155": { Value: [UID] }, "00081197": { Value: [0xa700] } }] } };
    answer = (request, reply) => {
      request.resume();
      reply.writeHead(409, { "content-type": "application/dicom+json" }).end(JSON.stringify(failed));
    };
    await expect(storeInstances(callOf(), "1.2", [result])).rejects.toThrow(/refused.*0xa700/s);
    answer = (request, reply) => {
      request.resume();
      reply.writeHead(200, { "content-type": "application/dicom+json" }).end("{}");
    };
    await expect(storeInstances(callOf(), "1.2", [result])).rejects.toThrow(/refused/);
  });
});
