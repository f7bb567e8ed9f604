/** The published methods whose checkpoints can be read. Adding one is a file and a line here. */
import { fail, type Outcome, ok } from "@nacre/core";
import { guess } from "../aggregator/option.ts";
import { abmilCheckpoint } from "./abmil.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { chiefCheckpoint } from "./chief.ts";
import { clamMbCheckpoint, clamSbCheckpoint } from "./clam.ts";
import { dsmilCheckpoint } from "./dsmil.ts";
import { longnetCheckpoint } from "./longnet.ts";
import { toadCheckpoint } from "./toad.ts";
import { transmilCheckpoint } from "./transmil.ts";

const CHECKPOINTS: readonly Checkpoint[] = [
  abmilCheckpoint,
  clamSbCheckpoint,
  clamMbCheckpoint,
  dsmilCheckpoint,
  transmilCheckpoint,
  toadCheckpoint,
  chiefCheckpoint,
  longnetCheckpoint,
];

/** Every method, in the order in which they are told to users. */
export function checkpoints(): readonly Checkpoint[] {
  return CHECKPOINTS;
}

/** The method of this name. Fails with `bad-usage`, naming the nearest known one. */
export function checkpointOf(method: string): Outcome<Checkpoint> {
  const found = CHECKPOINTS.find((checkpoint) => checkpoint.method === method);
  if (found !== undefined) return ok(found);
  const known = CHECKPOINTS.map((checkpoint) => checkpoint.method);
  return fail("bad-usage", {
    expected: `a method: ${known.join(", ")}`,
    received: method || "nothing",
    remedy: guess(method, known),
  });
}
