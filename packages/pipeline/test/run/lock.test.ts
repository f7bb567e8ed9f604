import { join } from "node:path";
import type { Outcome } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { type Lock, takeLock } from "../../src/run/lock.ts";
import { emptyFolder } from "../small-cohort.ts";

function held(outcome: Outcome<Lock>): Lock {
  if (!outcome.ok) throw new Error(outcome.failure.received);
  return outcome.value;
}

function kindOf(outcome: Outcome<Lock>): string | null {
  return outcome.ok ? null : outcome.failure.kind;
}

describe("the lock of a run folder", () => {
  const path = (): string => join(emptyFolder(), ".nacre", "lock");

  it("is held by one at a time, who is named, and is free once released", async () => {
    const file = path();
    const lock = held(await takeLock(file));
    const second = await takeLock(file);
    expect(second.ok ? "" : second.failure.received).toContain(`process ${process.pid}`);
    lock.release();
    held(await takeLock(file)).release();
  });

  it.skipIf(process.platform === "win32")("is shared by different shards and by nobody else", async () => {
    const file = path();
    const first = held(await takeLock(file, "1-of-2"));
    const second = held(await takeLock(file, "2-of-2"));
    expect(kindOf(await takeLock(file, "1-of-2"))).toBe("locked");
    expect(kindOf(await takeLock(file))).toBe("locked");
    first.release();
    expect(kindOf(await takeLock(file))).toBe("locked");
    second.release();
    const alone = held(await takeLock(file));
    expect(kindOf(await takeLock(file, "1-of-2"))).toBe("locked");
    alone.release();
    held(await takeLock(file, "1-of-2")).release();
  });
});
