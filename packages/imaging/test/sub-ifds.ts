/** Hangs pages of a built TIFF under another page as SubIFDs. For tests only. */
import { drive } from "../src/bytes/reading.ts";
import { readTiff } from "../src/format/tiff-directory.ts";
import { memorySource } from "../src/index.ts";
import { buildTiff, type TiffSpec } from "./tiff-builder.ts";

/** The pages of `below` as SubIFDs of page `owner`: their places are only known once the file is laid out. They stay in the chain too. */
export async function withSubIfds(spec: TiffSpec, below: readonly number[], owner = 0): Promise<Uint8Array> {
  const laid = (offsets: readonly number[]): Uint8Array => {
    const tag = [330, spec.isBig ? 16 : 4, offsets] as const;
    const pages = spec.pages.map((page, i) => (i === owner ? { ...page, tags: [...(page.tags ?? []), tag] } : page));
    return buildTiff({ ...spec, pages });
  };
  const draft = laid(below.map(() => 0));
  const tiff = await drive(readTiff("draft", draft.length), memorySource(draft));
  return laid(below.map((index) => tiff.directories[index]?.offset ?? 0));
}
