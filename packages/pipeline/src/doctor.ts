/** What this machine offers: the first thing to look at when something is slow or refused. */
import { accessSync, constants } from "node:fs";
import { availableParallelism, freemem, tmpdir, totalmem } from "node:os";
import { decoderReport, jpeg2000Report, openSlideReport } from "@nacre/imaging/node";
import { versions } from "./records.ts";

export interface Check {
  readonly what: string;
  readonly found: string;
  readonly ok: boolean;
}

/** Examines versions, decoders, engines and rights. Never fails. */
export async function examine(): Promise<Check[]> {
  const v = await versions();
  const jpeg = await decoderReport();
  const jpeg2000 = await jpeg2000Report();
  return [
    { what: "Nacre", found: v.nacre, ok: true },
    { what: "Node", found: `${v.node} (20.19 or later is needed)`, ok: isRecent(v.node) },
    { what: "platform", found: v.platform, ok: true },
    { what: "cores", found: String(availableParallelism()), ok: true },
    { what: "memory", found: `${gigabytes(totalmem())} GB, ${gigabytes(freemem())} GB free`, ok: totalmem() > 1.5e9 },
    {
      what: "JPEG decoder",
      found: `${jpeg.name} ${jpeg.version}${jpeg.native ? "" : " (slower fallback)"}: ${jpeg.detail}`,
      ok: true,
    },
    {
      what: "JPEG 2000 decoder",
      found: jpeg2000.native
        ? `${jpeg2000.name} ${jpeg2000.version}: ${jpeg2000.detail}`
        : `${jpeg2000.name} (slower fallback): ${jpeg2000.detail}`,
      ok: true,
    },
    await foreignReader(),
    await engine(v.onnxruntime),
    writable(tmpdir()),
  ];
}

/** OpenSlide is no must: it reads what has no reader here. */
async function foreignReader(): Promise<Check> {
  const { isFound, detail } = await openSlideReport();
  const found = isFound
    ? `${detail}, for MIRAX, Hamamatsu VMS and VMU, Sakura and Trestle`
    : "not installed: MIRAX, Hamamatsu VMS and VMU, Sakura and Trestle are refused by name";
  return { what: "OpenSlide", found, ok: true };
}

async function engine(version: string): Promise<Check> {
  try {
    const { listSupportedBackends } = await import("onnxruntime-node");
    const names = listSupportedBackends().map((b) => b.name);
    return { what: "ONNX Runtime", found: `${version}, providers ${names.join(", ")} (cpu in use)`, ok: true };
  } catch (error) {
    return {
      what: "ONNX Runtime",
      found: `cannot be loaded: ${error instanceof Error ? error.message : error}`,
      ok: false,
    };
  }
}

function writable(path: string): Check {
  try {
    accessSync(path, constants.W_OK);
    return { what: "temporary folder", found: `${path} can be written`, ok: true };
  } catch {
    return { what: "temporary folder", found: `${path} cannot be written`, ok: false };
  }
}

function isRecent(node: string): boolean {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
