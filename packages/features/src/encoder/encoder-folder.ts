/**
 * An encoder as a folder: encoder.json beside its ONNX file. Reading the folder proves that the file is the one the card was
 * written for; only then is it worth opening. A hash is computed once a process, as long as size and time of the file stay.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fail, nearestName, type Outcome, ok } from "@nacre/core";
import { type EncoderCard, parseEncoderCard } from "./card.ts";
import type { EncoderInfo } from "./encoder.ts";
import { identityOf } from "./identity.ts";
import { builtIn, encoders } from "./registry.ts";

/** Where an encoder's parts are. `folder` and `card` are null for a built-in one. */
export interface EncoderPlace {
  readonly info: EncoderInfo;
  readonly folder: string | null;
  readonly card: EncoderCard | null;
}

/**
 * Finds an encoder by registry name or folder and checks what can be checked without running it. Fails with `bad-encoder` (no such
 * name or folder, broken card, file absent or not the one with the card's sha256) or `no-permission`.
 */
export async function findEncoder(nameOrFolder: string): Promise<Outcome<EncoderPlace>> {
  const known = builtIn(nameOrFolder);
  if (known !== null) return ok({ info: known.info, folder: null, card: null });
  const folder = resolve(nameOrFolder);
  const text = await readFile(join(folder, "encoder.json"), "utf8").catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== "string") return cardMissing(nameOrFolder, text);
  const card = parseEncoderCard(text, join(folder, "encoder.json"));
  if (!card.ok) return card;
  const proven = await proveFile(join(folder, card.value.file), card.value);
  if (!proven.ok) return proven;
  return ok({ info: { ...card.value, identity: identityOf(card.value) }, folder, card: card.value });
}

function cardMissing(name: string, error: NodeJS.ErrnoException): Outcome<never> {
  if (error.code === "EACCES" || error.code === "EPERM") {
    return fail("no-permission", {
      expected: `a readable encoder.json in ${name}`,
      received: error.code,
      remedy: "give read permission to the file",
    });
  }
  const names = encoders().map((info) => info.name);
  const nearest = nearestName(name, names);
  return fail("bad-encoder", {
    expected: `the name of a built-in encoder (${names.join(", ")}) or a folder with encoder.json`,
    received: name,
    remedy: nearest === null ? "check the path; nacre encoders lists the names" : `did you mean ${nearest}?`,
  });
}

async function proveFile(path: string, card: EncoderCard): Promise<Outcome<void>> {
  const sha256 = await hashOf(path).catch((error: NodeJS.ErrnoException) => error);
  if (typeof sha256 !== "string") {
    return fail("bad-encoder", {
      expected: `the ONNX file ${path} that encoder.json names`,
      received: sha256.code === "ENOENT" ? "no such file" : String(sha256.code ?? sha256.message),
      remedy: "put the file there, or correct `file`",
    });
  }
  if (sha256 === card.sha256) return ok(undefined);
  return fail("bad-encoder", {
    expected: `${path} with SHA-256 ${card.sha256}`,
    received: sha256,
    remedy: "fetch the file again; if it is the right one, correct sha256 in encoder.json",
  });
}

const hashes = new Map<string, Promise<string>>();

async function hashOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  const key = `${path}\n${size}\n${mtimeMs}`;
  const known = hashes.get(key) ?? digest(path);
  hashes.set(key, known);
  known.catch(() => hashes.delete(key));
  return known;
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
