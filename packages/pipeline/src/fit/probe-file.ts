/**
 * A probe that is no ONNX file, as one: JSON with what it remembers of its train and tune parts, float32 numbers in base64. It holds no
 * names of slides.
 */
import { raise } from "@nacre/core";
import type { Embeddings, ProbePart, ProbeRecord } from "@nacre/models";

const FORMAT = "nacre-probe";

interface FilePart extends Omit<ProbePart, "embeddings"> {
  readonly embeddings: { readonly n: number; readonly d: number; readonly float32: string };
}

export function writeProbe(record: ProbeRecord): Uint8Array {
  const part = ({ embeddings, labels }: ProbePart): FilePart => ({ embeddings: packed(embeddings), labels });
  const { train, tune, ...rest } = record;
  const file = { format: FORMAT, ...rest, train: part(train), tune: tune === null ? null : part(tune) };
  return new TextEncoder().encode(`${JSON.stringify(file)}\n`);
}

/** @throws FailureError bad-model */
export function readProbe(bytes: Uint8Array): ProbeRecord {
  const { format, train, tune, ...rest } = JSON.parse(new TextDecoder().decode(bytes)) as {
    format?: string;
    train: FilePart;
    tune: FilePart | null;
  } & Omit<ProbeRecord, "train" | "tune">; // written by writeProbe, and known by its hash
  if (format !== FORMAT) {
    raise("bad-model", {
      expected: "a probe written by nacre",
      received: format ?? "another file",
      remedy: "fit the study again",
    });
  }
  const part = ({ embeddings, labels }: FilePart): ProbePart => ({ embeddings: unpacked(embeddings), labels });
  return { ...rest, train: part(train), tune: tune === null ? null : part(tune) };
}

function packed({ values, n, d }: Embeddings): FilePart["embeddings"] {
  const floats = Float32Array.from(values);
  return { n, d, float32: Buffer.from(floats.buffer).toString("base64") };
}

function unpacked({ n, d, float32 }: FilePart["embeddings"]): Embeddings {
  const bytes = Uint8Array.from(Buffer.from(float32, "base64"));
  return { n, d, values: new Float32Array(bytes.buffer) };
}
