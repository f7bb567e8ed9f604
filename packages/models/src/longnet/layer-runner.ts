/** One layer of the slide encoder in blocks: rows to queries, keys and values; segments to mixed values; rows to the next state. */
import { headWidth } from "./config.ts";
import { mixture } from "./mixture.ts";
import { inBlocks, type Pass } from "./pass.ts";
import { type Segment, segmentsOf } from "./segment.ts";

export interface LayerRunner {
  /** Replaces the tokens x [L, width] by what leaves the layer of this name. */
  run(x: Float32Array<ArrayBuffer>, name: string, signal?: AbortSignal): Promise<void>;
}

/** A runner for bags of this many tokens; its arrays serve every layer. */
export function layerRunner(pass: Pass, tokens: number): LayerRunner {
  const { config, sessions, rows, logits } = pass;
  const { width, heads } = config;
  const e = headWidth(config);
  const [q, k, v] = [0, 1, 2].map(() => new Float32Array(tokens * width)) as [Packed, Packed, Packed];
  const mixed = mixture(tokens, heads, e);

  async function project(x: Packed, name: string): Promise<void> {
    const weights = pass.weightsOf(sessions.project, name);
    await inBlocks(tokens, rows, async (start, count) => {
      const [from, to] = [start * width, (start + count) * width];
      const dims = [count, width];
      const block = (array: Packed) => ({ data: array.subarray(from, to), dims });
      await sessions.project.run({ ...weights, x: block(x) }, { q: block(q), k: block(k), v: block(v) });
    });
  }

  async function attend(segment: Segment): Promise<void> {
    const { heads: own, count } = segment;
    // Zeros that fill up a segment are keys unless they are masked; nobody asks for them as queries.
    const slots = config.masksPadding ? count : segment.slots;
    const keys = { data: cut(k, segment, 0, count, slots), dims: [own, slots, e] };
    const values = { data: cut(v, segment, 0, count, slots), dims: [own, slots, e] };
    const size = Math.max(16, Math.floor(logits / (own * slots)));
    await inBlocks(count, size, async (start, queries) => {
      const asked = { data: cut(q, segment, start, queries, queries), dims: [own, queries, e] };
      const { out, logSum } = await sessions.attend.run({ q: asked, k: keys, v: values });
      mixed.add(segment, start, queries, out?.data as Float32Array, logSum?.data as Float32Array);
    });
  }

  /** Tokens `from` and on of a segment, [heads, slots, e]: `count` of them, then zeros. */
  function cut(array: Packed, segment: Segment, from: number, count: number, slots: number): Packed {
    const { firstHead, heads: own, first, step } = segment;
    const part = new Float32Array(own * slots * e);
    for (let h = 0; h < own; h++) {
      for (let i = 0; i < count; i++) {
        const source = (first + (from + i) * step) * width + (firstHead + h) * e;
        const target = (h * slots + i) * e;
        for (let j = 0; j < e; j++) part[target + j] = array[source + j] as number;
      }
    }
    return part;
  }

  async function finish(x: Packed, name: string): Promise<void> {
    const weights = pass.weightsOf(sessions.finish, name);
    const values = mixed.finish();
    await inBlocks(tokens, rows, async (start, count) => {
      const dims = [count, width];
      const block = (array: Packed) => ({ data: array.subarray(start * width, (start + count) * width), dims });
      const { next } = await sessions.finish.run({ ...weights, x: block(x), mixed: block(values) });
      x.set(next?.data as Float32Array, start * width);
    });
  }

  return {
    async run(x, name, signal) {
      await project(x, name);
      for (const branch of config.branches) {
        for (const segment of segmentsOf(tokens, heads, branch)) {
          signal?.throwIfAborted();
          await attend(segment);
        }
      }
      await finish(x, name);
    },
  };
}

type Packed = Float32Array<ArrayBuffer>;
