import { isFailureError } from "@nacre/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type HttpSourceOptions, httpNeighbours, httpSource } from "../../src/index.ts";
import { inMemory, type RangeServer, startRangeServer } from "../range-server.ts";

const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 7 + (i >> 8) * 13) & 255);
let server: RangeServer;

beforeAll(async () => {
  server = await startRangeServer();
  server.files.set("slide.bin", inMemory(bytes));
  server.files.set("a b/100%.bin", inMemory(bytes.subarray(0, 500)));
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const open = (options: HttpSourceOptions = {}, name = "slide.bin") => httpSource(server.url(name), options);

async function kindOf(body: () => Promise<unknown>): Promise<string> {
  try {
    await body();
  } catch (error) {
    return isFailureError(error) ? error.failure.kind : String(error);
  }
  return "no failure";
}

describe("a file on a web server", () => {
  it("gives the bytes of every span inside it, at page borders and beyond one page", async () => {
    const source = await open();
    expect(source.size).toBe(bytes.length);
    const spans = [
      [0, 0],
      [0, 10],
      [65_530, 12],
      [65_536, 65_536],
      [32_760, 16],
      [100, 400_000],
      [5, 2_500_000],
      [2_999_999, 1],
    ] as const;
    for (const [offset, length] of spans) {
      const read = await source.read(offset, length);
      expect(Buffer.compare(read, bytes.subarray(offset, offset + length)), `${offset} + ${length}`).toBe(0);
    }
    source.close();
  });

  it("fails with truncated-file beyond its end without asking the server", async () => {
    const source = await open();
    const before = server.requests;
    for (const [offset, length] of [
      [2_999_999, 2],
      [-1, 4],
      [9e9, 1],
    ] as const) {
      expect(await kindOf(() => source.read(offset, length))).toBe("truncated-file");
    }
    expect(server.requests).toBe(before);
    source.close();
  });

  it("is opened by one request, and what was read is not fetched twice", async () => {
    const source = await open();
    expect(server.requests).toBe(1);
    await source.read(10, 1000);
    expect(server.requests).toBe(1);
    await source.read(1_000_000, 10);
    await source.read(1_000_020, 50);
    expect(server.requests).toBe(2);
    expect(server.bytes).toBe(2 * 32_768);
    source.close();
  });

  it("joins reads of one go that lie near each other, and keeps far ones apart", async () => {
    const source = await open();
    server.reset();
    const near = [600_000, 640_000, 700_000, 800_000].map((offset) => source.read(offset, 20_000));
    const far = source.read(2_500_000, 20_000);
    await Promise.all([...near, far]);
    expect(server.ranges.length).toBe(2);
    expect(server.ranges[0]).toEqual([18 * 32_768, 8 * 32_768]);
    source.close();
  });

  it("asks for at most six ranges at once", async () => {
    let [now, most] = [0, 0];
    const counting: typeof fetch = async (...request) => {
      most = Math.max(most, ++now);
      return fetch(...request).finally(() => now--);
    };
    const source = await open({ fetch: counting });
    await Promise.all([...Array(14).keys()].map((i) => source.read(i * 3 * 65_536, 5)));
    expect(most).toBe(6);
    source.close();
  });

  it("fails by name when the file changes while it is open, even to one of the same length", async () => {
    const source = await open();
    server.etag = '"two"';
    expect(await kindOf(() => source.read(1_000_000, 10))).toBe("unreadable-file");
    server.etag = '"one"';
    expect((await source.read(1_000_000, 10)).length).toBe(10);
    source.close();
  });

  it.each([
    [404, "missing-file"],
    [403, "no-permission"],
    [401, "no-permission"],
    [400, "unreadable-file"],
  ])("names status %i as %s, and does not ask again", async (status, kind) => {
    server.misbehave = (_request, response) => {
      response.writeHead(status).end();
      return true;
    };
    expect(await kindOf(() => open())).toBe(kind);
    expect(server.requests).toBe(1);
  });

  it("asks again after trouble that passes, a bounded number of times", async () => {
    server.misbehave = (_request, response, n) => {
      if (n <= 2) response.writeHead(503).end();
      return n <= 2;
    };
    (await open()).close();
    expect(server.requests).toBe(3);
    server.reset();
    server.misbehave = (_request, response) => {
      response.writeHead(503).end();
      return true;
    };
    expect(await kindOf(() => open())).toBe("unreadable-file");
    expect(server.requests).toBe(3);
  });

  it("asks again where an answer breaks off, and fails by name where it always does", async () => {
    const cut = (times: number) =>
      (server.misbehave = (_request, response, n) => {
        if (n > times) return false;
        response.writeHead(206, {
          "content-range": `bytes 0-32767/${bytes.length}`,
          "content-length": 32_768,
          etag: '"one"',
        });
        response.write(bytes.subarray(0, 1000), () => response.destroy());
        return true;
      });
    cut(1);
    (await open()).close();
    cut(99);
    expect(await kindOf(() => open())).toBe("unreadable-file");
  });

  it("names a server that gives no answer in time", async () => {
    server.misbehave = () => true;
    expect(await kindOf(() => open({ timeoutMs: 50, attempts: 2 }))).toBe("unreadable-file");
    expect(server.requests).toBe(2);
  });

  it("does without ranges where the whole file is short, and names a server without them where it is long", async () => {
    let length = 500;
    server.misbehave = (_request, response) => {
      response.writeHead(200).end(bytes.subarray(0, length));
      return true;
    };
    const source = await open();
    expect(Buffer.compare(await source.read(0, 500), bytes.subarray(0, 500))).toBe(0);
    source.close();
    length = 100_000;
    expect(await kindOf(() => open())).toBe("unreadable-file");
    length = 0;
    expect(await kindOf(() => open())).toBe("empty-file");
  });

  it("believes no range but the one it asked for", async () => {
    server.misbehave = (_request, response) => {
      response.writeHead(206, { "content-range": `bytes 100-65635/${bytes.length}` }).end(bytes.subarray(100, 65_636));
      return true;
    };
    expect(await kindOf(() => open())).toBe("unreadable-file");
    server.misbehave = (_request, response) => {
      response.writeHead(206, { "content-range": `bytes 0-32767/${bytes.length}` }).end(bytes.subarray(0, 900_000));
      return true;
    };
    expect(await kindOf(() => open())).toBe("unreadable-file");
  });

  it("follows a redirect, refuses one to another scheme and an endless one", async () => {
    let to = server.url("slide.bin");
    server.misbehave = (request, response) => {
      if (!request.url?.startsWith("/old")) return false;
      response.writeHead(302, { location: to }).end();
      return true;
    };
    const source = await open({}, "old");
    await source.read(1_000_000, 10);
    // the second read goes straight to where the first was sent
    expect(server.requests).toBe(3);
    source.close();
    for (const other of ["https://127.0.0.1:1/slide.bin", "file:///etc/passwd", "ftp://127.0.0.1/slide.bin"]) {
      to = other;
      expect(await kindOf(() => open({}, "old"))).toBe("refused");
    }
    to = server.url("old");
    expect(await kindOf(() => open({}, "old"))).toBe("unreadable-file");
  });

  it("sends its headers to the host they are meant for and to no other", async () => {
    const seen: [string | undefined, string | undefined][] = [];
    const other = await startRangeServer();
    other.files.set("slide.bin", inMemory(bytes));
    other.misbehave = (request) => {
      seen.push(["other", request.headers.authorization]);
      return false;
    };
    server.misbehave = (request, response) => {
      seen.push(["own", request.headers.authorization]);
      response.writeHead(302, { location: other.url("slide.bin") }).end();
      return true;
    };
    (await open({ headers: { authorization: "Bearer secret" } })).close();
    expect(seen).toEqual([
      ["own", "Bearer secret"],
      ["other", undefined],
    ]);
    await other.stop();
  });

  it("refuses what is no address of the web, and keeps passwords and signatures out of its words", async () => {
    for (const url of ["file:///etc/passwd", "slide.svs", "data:,x", "http://user:word@127.0.0.1/"]) {
      expect(await kindOf(() => httpSource(url))).toBe("refused");
    }
    const failure = await httpSource(`${server.url("absent")}?signature=secret`).catch((error: Error) => error.message);
    expect(failure).toMatch(/absent/);
    expect(failure).not.toMatch(/secret/);
  });

  it("lets go of whoever no longer waits, and stops when it is closed", async () => {
    const source = await open();
    server.misbehave = () => true;
    const stop = new AbortController();
    const read = source.read(1_000_000, 10, stop.signal);
    stop.abort();
    await expect(read).rejects.toThrow("abort");
    const other = source.read(2_000_000, 10);
    source.close();
    await expect(other).rejects.toThrow("abort");
    await expect(source.read(0, 1)).rejects.toThrow(TypeError);
  });
});

it("neighbours on a server are named and opened, absent ones are null, and none lies outside of the folder", async () => {
  const files = httpNeighbours(`${server.url("a%20b/")}?key=1`);
  const source = await files.open("100%.bin");
  expect(source?.size).toBe(500);
  source?.close();
  expect(await files.open("absent")).toBeNull();
  await expect(files.open("../slide.bin")).rejects.toThrow(RangeError);
});
