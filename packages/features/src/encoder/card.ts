/**
 * encoder.json: what an encoder promises and what it wants. The schema is exact: a key we do not know is refused, because a
 * misspelt `mpp` would otherwise be a scale nobody checks. Documented in docs/encoder-contract.md.
 */
import { type Failure, fail, nearestName, type Outcome, ok } from "@nacre/core";
import { z } from "zod";

const channel = z.number();
const spread = z.number().positive();

const schema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i, "letters, digits, dots, dashes and underscores"),
  file: z.string().regex(/^[^/\\]+$/, "the name of a file in the same folder"),
  output: z.string().min(1),
  dim: z.int().positive(),
  size: z.int().positive(),
  mpp: z.number().min(0.05).max(10).nullable(),
  mean: z.tuple([channel, channel, channel]),
  std: z.tuple([spread, spread, spread]),
  channels: z.literal("rgb"),
  licence: z.string().min(1),
  source: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits in lower case"),
});

/**
 * The contract of an encoder. Input: float32 [n, 3, size, size], channels R, G, B, each value (pixel / 255 - mean) / std;
 * output: float32 [n, dim]. `mpp` null means that the encoder takes any scale. `sha256` is of the ONNX file.
 */
export type EncoderCard = Readonly<z.infer<typeof schema>>;

export const CARD_KEYS: readonly string[] = Object.keys(schema.shape);

/** Reads the text of an encoder.json. Fails with `bad-encoder`. */
export function parseEncoderCard(text: string, where: string): Outcome<EncoderCard> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return bad(where, "JSON", `text that is not: ${(error as Error).message}`, "mend the file");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  if (issue.code === "unrecognized_keys") return unknownKey(where, issue.keys[0] as string);
  const key = issue.path.join(".");
  const received = describe(issue.path.reduce<unknown>((v, k) => (v as Record<PropertyKey, unknown>)?.[k], value));
  return bad(
    where,
    key === "" ? "an object" : `${key}: ${issue.message}`,
    received,
    `the keys are ${CARD_KEYS.join(", ")}`,
  );
}

function unknownKey(where: string, key: string): Outcome<never> {
  const nearest = nearestName(key, CARD_KEYS);
  const remedy = nearest === null ? `the keys are ${CARD_KEYS.join(", ")}` : `did you mean ${nearest}?`;
  return bad(where, "only known keys", `the key ${key}`, remedy);
}

function describe(value: unknown): string {
  return value === undefined ? "nothing" : (JSON.stringify(value)?.slice(0, 80) ?? typeof value);
}

function bad(where: string, expected: string, received: string, remedy: string): Outcome<never> {
  return fail("bad-encoder", { expected: `${expected} in ${where}`, received, remedy } satisfies Omit<Failure, "kind">);
}
