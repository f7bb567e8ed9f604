/** Several sources one behind the other, as one: the parts of a concatenation. No read crosses from one into the next. */
import type { ByteSource } from "../../bytes/byte-source.ts";

export interface JoinedSource {
  readonly source: ByteSource;
  /** First byte of each part in the whole. */
  readonly starts: readonly number[];
}

/** One source stays as it is. */
export function joinSources(parts: readonly ByteSource[]): JoinedSource {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return { source: only, starts: [0] };
  const starts: number[] = [];
  let size = 0;
  for (const part of parts) {
    starts.push(size);
    size += part.size;
  }
  const find = (offset: number): { part: ByteSource; at: number } => {
    let i = 0;
    while (i + 1 < parts.length && offset >= (starts[i + 1] as number)) i++;
    return { part: parts[i] as ByteSource, at: offset - (starts[i] as number) };
  };
  const source: ByteSource = {
    size,
    name: only?.name ?? "nothing",
    read(offset, length, signal) {
      const { part, at } = find(offset);
      return part.read(at, length, signal);
    },
    close() {
      for (const part of parts) part.close();
    },
  };
  if (!parts.every((part) => part.readSync)) return { source, starts };
  return {
    source: {
      ...source,
      readSync(offset, length) {
        const { part, at } = find(offset);
        return (part.readSync as NonNullable<ByteSource["readSync"]>)(at, length);
      },
    },
    starts,
  };
}
