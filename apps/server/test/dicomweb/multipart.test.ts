/** multipart/related: whatever the pieces in which it comes, the parts are the same; what is broken or too much is a failure by name. */
import { isFailureError, randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { boundaryOf, partsOf } from "../../src/dicomweb/multipart.ts";

async function* inPieces(bytes: Buffer, size: () => number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const n = Math.max(1, size());
    yield bytes.subarray(at, at + n);
    at += n;
  }
}

async function read(
  bytes: Buffer,
  boundary: string,
  size = () => 7,
): Promise<{ type: string | undefined; body: Buffer }[]> {
  const parts: { type: string | undefined; body: Buffer }[] = [];
  for await (const { headers, body } of partsOf(inPieces(bytes, size), boundary)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(Buffer.from(piece));
    parts.push({ type: headers.get("content-type"), body: Buffer.concat(pieces) });
  }
  return parts;
}

const written = (bodies: readonly Buffer[], mark = "cut", preamble = ""): Buffer =>
  Buffer.concat([
    Buffer.from(preamble),
    ...bodies.flatMap((body) => [
      Buffer.from(`--${mark}\r\nContent-Type: application/dicom\r\n\r\n`),
      body,
      Buffer.from("\r\n"),
    ]),
    Buffer.from(`--${mark}--\r\nafter`),
  ]);

const kindOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
    return "none";
  } catch (error) {
    return isFailureError(error) ? error.failure.kind : `${error}`;
  }
};

describe("parts", () => {
  it("are what was written, for pieces of every size and bodies full of what looks like marks", async () => {
    const random = randomStream(5, "multipart");
    for (let round = 0; round < 60; round++) {
      const bodies = Array.from({ length: 1 + Math.floor(random.uniform() * 3) }, () => {
        const words = ["\r\n", "--cu", "-", "\r", "--cut x".slice(0, 4), "abc", "\0", "\r\n--cu", "\r\n--"];
        const text = Array.from(
          { length: Math.floor(random.uniform() * 40) },
          () => words[Math.floor(random.uniform() * words.length)],
        );
        return Buffer.from(text.join(""), "latin1").subarray(0, 400);
      }).filter((body) => !body.includes("--cut"));
      const parts = await read(written(bodies), "cut", () => 1 + Math.floor(random.uniform() * 50));
      expect(parts.map(({ body }) => body.toString("latin1"))).toEqual(bodies.map((body) => body.toString("latin1")));
      expect(parts.every(({ type }) => type === "application/dicom")).toBe(true);
    }
  });

  it("may stand after a preamble, and a part that nobody read is passed over", async () => {
    const bytes = written([Buffer.from("one"), Buffer.from("two")], "cut", "hello\r\n");
    const types: (string | undefined)[] = [];
    for await (const { headers } of partsOf(
      inPieces(bytes, () => 5),
      "cut",
    ))
      types.push(headers.get("content-type"));
    expect(types).toEqual(["application/dicom", "application/dicom"]);
  });

  it("that were cut off anywhere are told as cut off, never as whole", async () => {
    const bytes = written([Buffer.from("some body"), Buffer.from("more")]);
    const end = bytes.lastIndexOf("--cut--") + 7;
    for (let n = 0; n < end; n += 3) expect(await kindOf(read(bytes.subarray(0, n), "cut"))).toBe("truncated-file");
  });

  it("under another boundary, with endless heads or endless preamble are failures by name", async () => {
    expect(await kindOf(read(written([Buffer.from("x")]), "other"))).toBe("truncated-file");
    const head = Buffer.from(`--cut\r\n${"a: b\r\n".repeat(10_000)}`);
    expect(await kindOf(read(head, "cut", () => 4096))).toBe("hostile-file");
    const line = Buffer.from(`--cut\r\n${"a".repeat(100_000)}`);
    expect(await kindOf(read(line, "cut", () => 4096))).toBe("hostile-file");
    expect(await kindOf(read(Buffer.alloc(200_000, 65), "cut", () => 4096))).toBe("hostile-file");
  });

  it("never hang and never throw what is no failure, whatever bytes come", async () => {
    const random = randomStream(5, "bytes");
    const good = written([Buffer.from("abc"), Buffer.from("defg")]);
    for (let round = 0; round < 200; round++) {
      const bytes = Buffer.from(good);
      for (let k = 0; k < 4; k++)
        bytes[Math.floor(random.uniform() * bytes.length)] = Math.floor(random.uniform() * 256);
      expect(["none", "truncated-file", "hostile-file"]).toContain(await kindOf(read(bytes, "cut")));
    }
  });
});

describe("the boundary", () => {
  it("is read with and without quotes, wherever it stands", () => {
    expect(boundaryOf('multipart/related; type="application/dicom"; boundary="a b-c"')).toBe("a b-c");
    expect(boundaryOf("multipart/related; boundary=abc; type=application/dicom")).toBe("abc");
    expect(boundaryOf("Multipart/Related;boundary=abc")).toBe("abc");
  });

  it("that is absent, empty, too long or of another type is refused by name", () => {
    for (const type of [
      "",
      "text/html",
      "multipart/related",
      "multipart/related; boundary=",
      `multipart/related; boundary=${"x".repeat(71)}`,
      "multipart/form-data; boundary=a",
    ])
      expect(() => boundaryOf(type), type).toThrow(/unsupported-format/);
  });
});
