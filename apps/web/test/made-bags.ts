/** Feature files and a table of labels, made up: in slides of the second class a tenth of the tiles come from elsewhere. */
import { randomStream } from "@nacre/core";
import { composeBag } from "@nacre/features";

export interface MadeFile {
  readonly name: string;
  readonly bytes: Buffer;
}

export const D = 16;

/** Features of n tiles in Nacre's layout of HDF5. */
export async function madeBag(name: string, features: Float32Array, d = D): Promise<MadeFile> {
  const n = features.length / d;
  const x = Int32Array.from({ length: n }, (_, i) => (i % 20) * 256);
  const y = Int32Array.from({ length: n }, (_, i) => Math.floor(i / 20) * 256);
  const bytes = await composeBag({ features, n, d, x, y, side: 256, space: "made" }, { name });
  return { name: `${name}.h5`, bytes: Buffer.from(bytes) };
}

export const madeTable = (rows: readonly string[]): MadeFile => ({
  name: "labels.csv",
  bytes: Buffer.from(`slide,patient,label,site\n${rows.join("\n")}\n`),
});

/** `count` slides of two classes and `least` tiles or more, every fifth patient with two of them, and their table. */
export async function madeCohort(count: number, least = 40): Promise<{ bags: MadeFile[]; rows: string[] }> {
  const random = randomStream(3, "made");
  const bags: MadeFile[] = [];
  const rows: string[] = [];
  for (let i = 0; i < count; i++) {
    const label = i % 2;
    const n = least + random.below(40);
    const features = Float32Array.from({ length: n * D }, () => random.normal());
    for (let j = 0; label === 1 && j < n / 10; j++) {
      for (let k = 0; k < 4; k++) features[random.below(n) * D + k] = 1.6 + random.normal() * 0.5;
    }
    bags.push(await madeBag(`s${i}`, features));
    rows.push(`s${i},P${i % 10 === 2 ? i - 2 : i},${label === 1 ? "tumour" : "benign"},site-${i % 3}`);
  }
  return { bags, rows };
}
