import { describe, expect, it } from "vitest";
import { decodeChunks } from "../../src/study/text-encoding.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Cut at every byte, one after another: what each division into two gives. */
function divided(bytes: Uint8Array): { text: string; problem: string | null }[] {
  return Array.from({ length: bytes.length - 1 }, (_, i) => {
    const { text, problem } = decodeChunks([bytes.subarray(0, i + 1), bytes.subarray(i + 1)]);
    return { text: Array.from(text).join(""), problem: problem()?.received ?? null };
  });
}

describe("text in chunks", () => {
  it("is the same wherever it is cut, inside a character too", () => {
    const text = "id,näme\r\n1,𝄞\n";
    expect(divided(utf8(text)).every((d) => d.text === text && d.problem === null)).toBe(true);
  });

  it("that is not UTF-8 is named with its line, wherever it is cut", () => {
    const bytes = Uint8Array.from([...utf8("ä,b\r\n1,ü\n2,"), 0xfc, ...utf8("\n3,4\n")]);
    for (const { problem } of divided(bytes)) expect(problem).toBe("bytes that are not UTF-8 in line 3");
  });

  it("that ends inside a character is named too", () => {
    const { text, problem } = decodeChunks([utf8("a,b\n1,"), Uint8Array.of(0xc3)]);
    Array.from(text);
    expect(problem()?.received).toMatch(/line 2/);
  });
});
