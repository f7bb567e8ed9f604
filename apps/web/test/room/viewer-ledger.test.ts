/** Annotations between a page and the service: the outbox, conflicts, undo. The service here knows the rules of versions and nothing else. */
import type { Annotation, AnnotationChange } from "@nacre/api";
import { describe, expect, it } from "vitest";
import { Ledger, type Sent } from "../../src/room/viewer/annotation/ledger.ts";
import { Outbox, type Shelf } from "../../src/room/viewer/annotation/outbox.ts";
import { polygonOf } from "../../src/room/viewer/annotation/shape.ts";

const SQUARE = polygonOf([
  [0, 0],
  [100, 0],
  [100, 100],
  [0, 100],
]);

/** A small service: the rules of versions, and nothing else. */
class SmallService {
  readonly rows = new Map<string, Annotation>();
  readonly made = new Set<string>();
  isUp = true;
  /** Makes the changes and loses the answer, as a connection does that breaks late. */
  losesAnswer = false;

  async send(changes: readonly AnnotationChange[]): Promise<Sent> {
    const failure = { kind: "unreachable", expected: "an answer", received: "none", remedy: "wait" };
    if (!this.isUp) return { kind: "failed", failure, isPassing: true };
    const conflicts: { change: string; now: Annotation | null }[] = [];
    for (const change of changes)
      if (!this.make(change)) conflicts.push({ change: change.change, now: this.rows.get(change.id) ?? null });
    if (this.losesAnswer) return { kind: "failed", failure, isPassing: true };
    const ids = changes.map(({ id }) => id);
    return {
      kind: "made",
      reply: {
        rows: ids.flatMap((id) => this.rows.get(id) ?? []),
        removed: ids.filter((id) => !this.rows.has(id)),
        conflicts,
      },
    };
  }

  make(change: AnnotationChange, author = "me"): boolean {
    if (this.made.has(change.change)) return true;
    const had = this.rows.get(change.id);
    if ((had?.version ?? 0) !== change.version) return false;
    this.made.add(change.change);
    if (change.kind === "remove") return this.rows.delete(change.id);
    const { id, geometry, name, colour, note } = change;
    const at = "2026-01-01T00:00:00.000Z";
    const version = change.version + 1;
    this.rows.set(id, { id, slide: "s", geometry, name, colour, note, author, version, created: at, updated: at });
    return true;
  }
}

function memoryShelf(): Shelf {
  const map = new Map<string, string>();
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
    key: (i) => [...map.keys()][i] ?? null,
    get length() {
      return map.size;
    },
  };
}

let count = 0;
const uuid = (): string => `00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`;

function openLedger(service: SmallService, shelf: Shelf): Ledger {
  return new Ledger({
    outbox: new Outbox(shelf, "me", "0123456789abcdef"),
    author: "me",
    send: (changes) => service.send(changes),
    newId: uuid,
    now: () => 1,
    later: () => () => {},
  });
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 5));
const drawn = (id: string, note = "") => ({ id, geometry: SQUARE, name: null, colour: null, note });

describe("annotations of a page", () => {
  it("wait in the outbox until the service answers, over a crash and a lost answer", async () => {
    const [service, shelf, id] = [new SmallService(), memoryShelf(), uuid()];
    service.isUp = false;
    openLedger(service, shelf).put(drawn(id, "first"));
    await settled();
    expect([service.rows.size, shelf.length]).toEqual([0, 1]);

    service.isUp = true;
    service.losesAnswer = true;
    const second = openLedger(service, shelf);
    expect(second.view().rows.map(({ note, state }) => [note, state])).toEqual([["first", "waiting"]]);
    second.load([]);
    await settled();
    expect([service.rows.size, shelf.length]).toEqual([1, 1]);

    service.losesAnswer = false;
    const third = openLedger(service, shelf);
    third.load([...service.rows.values()]);
    await settled();
    expect([service.rows.get(id)?.version, shelf.length, third.view().waiting]).toEqual([1, 0, 0]);
  });

  it("are changed again while a change is under way, and nothing is lost", async () => {
    const [service, shelf, id] = [new SmallService(), memoryShelf(), uuid()];
    const ledger = openLedger(service, shelf);
    ledger.load([]);
    ledger.put(drawn(id, "a"));
    await Promise.resolve();
    ledger.put(drawn(id, "b"));
    ledger.put(drawn(id, "c"));
    await settled();
    expect([service.rows.get(id)?.note, ledger.view().waiting, shelf.length]).toEqual(["c", 0, 0]);
  });

  it("never overwrite what somebody else made meanwhile: a person decides, and mine or theirs stands", async () => {
    for (const whose of ["mine", "theirs"] as const) {
      const [service, shelf, id] = [new SmallService(), memoryShelf(), uuid()];
      const ledger = openLedger(service, shelf);
      ledger.load([]);
      ledger.put(drawn(id, "a"));
      await settled();
      service.make({ kind: "put", change: uuid(), version: 1, ...drawn(id, "theirs") }, "them");
      ledger.put(drawn(id, "mine"));
      await settled();
      ledger.put(drawn(id, "mine"));
      await settled();
      expect(service.rows.get(id)?.note).toBe("theirs");
      const [conflict] = ledger.view().conflicts;
      expect([conflict?.mine?.note, conflict?.theirs?.note]).toEqual(["mine", "theirs"]);
      expect(shelf.length).toBeGreaterThan(0);
      ledger.resolve(id, whose);
      await settled();
      expect([service.rows.get(id)?.note, ledger.view().conflicts.length, shelf.length]).toEqual([whose, 0, 0]);
    }
  });

  it("come back when somebody else removed them and mine is kept", async () => {
    const [service, shelf, id] = [new SmallService(), memoryShelf(), uuid()];
    const ledger = openLedger(service, shelf);
    ledger.load([]);
    ledger.put(drawn(id, "a"));
    await settled();
    service.make({ kind: "remove", change: uuid(), id, version: 1 });
    ledger.put(drawn(id, "mine"));
    await settled();
    ledger.resolve(id, "mine");
    await settled();
    expect([...service.rows.values()].map(({ note }) => note)).toEqual(["mine"]);
  });

  it("are undone and redone, also what was removed", async () => {
    const [service, shelf, id] = [new SmallService(), memoryShelf(), uuid()];
    const ledger = openLedger(service, shelf);
    ledger.load([]);
    const notes = async (): Promise<string[]> => {
      await settled();
      expect(ledger.view().rows.map(({ note }) => note)).toEqual([...service.rows.values()].map(({ note }) => note));
      return [...service.rows.values()].map(({ note }) => note);
    };
    ledger.put(drawn(id, "a"));
    ledger.put(drawn(id, "b"));
    expect(await notes()).toEqual(["b"]);
    ledger.remove(id);
    expect(await notes()).toEqual([]);
    ledger.undo();
    expect(await notes()).toEqual(["b"]);
    ledger.undo();
    expect(await notes()).toEqual(["a"]);
    ledger.redo();
    expect(await notes()).toEqual(["b"]);
    ledger.redo();
    expect(await notes()).toEqual([]);
    expect([ledger.view().canRedo, ledger.redo()]).toEqual([false, null]);
  });

  it("say that they are not kept where the browser keeps nothing", async () => {
    const service = new SmallService();
    service.isUp = false;
    const shelf = memoryShelf();
    const full: Shelf = { ...shelf, length: 0, setItem: () => raiseQuota() };
    const ledger = openLedger(service, full);
    ledger.put(drawn(uuid()));
    await settled();
    expect([ledger.view().isKept, ledger.view().waiting]).toEqual([false, 1]);
  });
});

function raiseQuota(): never {
  throw new DOMException("full", "QuotaExceededError");
}
