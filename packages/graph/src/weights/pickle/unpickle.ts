/**
 * A reader of Python pickles (protocols 2 to 5, Lib/pickletools.py) that knows the opcodes by which tensors are saved and no others,
 * and never calls, imports or executes anything: what a name or a call means is asked of the host, which answers with plain data or
 * refuses. Work and memory are bounded by the length of the pickle, since every opcode adds at most one value.
 */
import { broken } from "../broken.ts";
import { type Cursor, float64BigEndian, int32, line, take, text, uint8, uint16, uint32, uint64 } from "../cursor.ts";
import { type Dictionary, nameOf, type Pickled, type Sequence } from "./value.ts";

/** What the pickle's names mean. Each may throw a FailureError. */
export interface PickleHost {
  /** `module.name`, as imported. */
  global(name: string): Pickled;
  call(callee: Pickled, args: readonly Pickled[]): Pickled;
  /** An object of a class before it has a state: nothing of the class is run. */
  create(type: Pickled, args: readonly Pickled[]): Pickled;
  /** Gives an object its state, after it was made. */
  build(object: Pickled, state: Pickled): void;
  /** What lies outside the pickle, by its id. */
  persistent(id: Pickled): Pickled;
}

interface Machine {
  readonly cursor: Cursor;
  readonly host: PickleHost;
  stack: Pickled[];
  /** Stacks below the open marks. */
  readonly below: Pickled[][];
  readonly memo: Map<number, Pickled>;
}

const STOP = 0x2e;
const LONGEST_INTEGER = 16;

/** Reads one pickle and leaves the cursor behind its end. @throws FailureError truncated-file, bad-weights, and those of the host */
export function unpickle(cursor: Cursor, host: PickleHost): Pickled {
  const m: Machine = { cursor, host, stack: [], below: [], memo: new Map() };
  for (;;) {
    const code = uint8(cursor);
    if (code === STOP) return pop(m);
    const run = OPCODES[code];
    if (run === undefined) {
      const name = `0x${code.toString(16).padStart(2, "0")}`;
      return wrong(m, "an opcode by which tensors are saved", `${name} at byte ${cursor.at - 1}`);
    }
    run(m);
  }
}

const OPCODES: Readonly<Record<number, (m: Machine) => void>> = {
  128: (m) => uint8(m.cursor), // PROTO
  149: (m) => uint64(m.cursor), // FRAME
  40: openMark,
  48: pop,
  49: closeMark, // POP_MARK
  78: (m) => push(m, null),
  136: (m) => push(m, true),
  137: (m) => push(m, false),
  74: (m) => push(m, int32(m.cursor)), // BININT
  75: (m) => push(m, uint8(m.cursor)),
  77: (m) => push(m, uint16(m.cursor)),
  138: (m) => push(m, integer(m, uint8(m.cursor))), // LONG1
  139: (m) => push(m, integer(m, uint32(m.cursor))),
  71: (m) => push(m, float64BigEndian(m.cursor)), // BINFLOAT
  88: (m) => push(m, text(m.cursor, uint32(m.cursor))), // BINUNICODE
  140: (m) => push(m, text(m.cursor, uint8(m.cursor))),
  141: (m) => push(m, text(m.cursor, uint64(m.cursor))),
  84: (m) => push(m, text(m.cursor, uint32(m.cursor))), // BINSTRING, of Python 2
  85: (m) => push(m, text(m.cursor, uint8(m.cursor))),
  66: (m) => push(m, bytes(m, uint32(m.cursor))), // BINBYTES
  67: (m) => push(m, bytes(m, uint8(m.cursor))),
  142: (m) => push(m, bytes(m, uint64(m.cursor))),
  93: (m) => push(m, { kind: "list", items: [] }),
  108: (m) => push(m, { kind: "list", items: closeMark(m) }),
  97: (m) => extend(m, [pop(m)]), // APPEND
  101: (m) => extend(m, closeMark(m)),
  41: (m) => push(m, tuple([])),
  116: (m) => push(m, tuple(closeMark(m))),
  133: (m) => push(m, tuple(popped(m, 1))),
  134: (m) => push(m, tuple(popped(m, 2))),
  135: (m) => push(m, tuple(popped(m, 3))),
  125: (m) => push(m, { kind: "dict", entries: new Map() }),
  100: (m) => {
    const items = closeMark(m);
    push(m, { kind: "dict", entries: new Map() });
    assign(m, items);
  },
  115: (m) => assign(m, popped(m, 2)), // SETITEM
  117: (m) => assign(m, closeMark(m)),
  113: (m) => m.memo.set(uint8(m.cursor), top(m)), // BINPUT
  114: (m) => m.memo.set(uint32(m.cursor), top(m)),
  148: (m) => m.memo.set(m.memo.size, top(m)), // MEMOIZE
  104: (m) => push(m, remembered(m, uint8(m.cursor))), // BINGET
  106: (m) => push(m, remembered(m, uint32(m.cursor))),
  99: (m) => {
    const module = line(m.cursor);
    push(m, m.host.global(`${module}.${line(m.cursor)}`));
  },
  147: (m) => {
    const [module, name] = popped(m, 2);
    if (typeof module !== "string" || typeof name !== "string") {
      wrong(m, "the name of an import", `${nameOf(module)}, ${nameOf(name)}`);
    }
    push(m, m.host.global(`${module}.${name}`));
  },
  82: (m) => {
    const [callee, args] = popped(m, 2); // REDUCE
    if (!isTuple(args)) return wrong(m, "arguments as a tuple", nameOf(args));
    push(m, m.host.call(callee as Pickled, args.items));
  },
  129: (m) => {
    const [type, args] = popped(m, 2); // NEWOBJ
    if (!isTuple(args)) return wrong(m, "arguments as a tuple", nameOf(args));
    push(m, m.host.create(type as Pickled, args.items));
  },
  98: (m) => {
    const state = pop(m);
    m.host.build(top(m), state);
  },
  81: (m) => push(m, m.host.persistent(pop(m))), // BINPERSID
};

function push(m: Machine, value: Pickled): void {
  m.stack.push(value);
}

function pop(m: Machine): Pickled {
  const value = m.stack.pop();
  return value === undefined ? wrong(m, "a value on the stack", "none") : value;
}

function popped(m: Machine, count: number): Pickled[] {
  if (m.stack.length < count) wrong(m, `${count} values on the stack`, `${m.stack.length}`);
  return m.stack.splice(m.stack.length - count);
}

function top(m: Machine): Pickled {
  const value = m.stack.at(-1);
  return value === undefined ? wrong(m, "a value on the stack", "none") : value;
}

function openMark(m: Machine): void {
  m.below.push(m.stack);
  m.stack = [];
}

/** The values above the last mark. */
function closeMark(m: Machine): Pickled[] {
  const below = m.below.pop();
  if (below === undefined) return wrong(m, "a mark on the stack", "none");
  const above = m.stack;
  m.stack = below;
  return above;
}

function extend(m: Machine, items: readonly Pickled[]): void {
  const list = top(m);
  if (list === null || typeof list !== "object" || list.kind !== "list") {
    wrong(m, "a list to append to", nameOf(list));
  } else for (const item of items) list.items.push(item);
}

function assign(m: Machine, items: readonly Pickled[]): void {
  const dict = top(m);
  if (!isDictionary(dict) || items.length % 2 !== 0) {
    wrong(m, "a dictionary and pairs", `${nameOf(dict)} and ${items.length} values`);
  } else {
    for (let i = 0; i < items.length; i += 2) dict.entries.set(items[i] as Pickled, items[i + 1] as Pickled);
  }
}

function remembered(m: Machine, key: number): Pickled {
  const value = m.memo.get(key);
  return value === undefined ? wrong(m, `a value remembered as ${key}`, "none") : value;
}

/** A whole number of any length in two's complement, lowest byte first. */
function integer(m: Machine, length: number): number | bigint {
  if (length > LONGEST_INTEGER) wrong(m, `a whole number of at most ${LONGEST_INTEGER} bytes`, `${length}`);
  const value = take(m.cursor, length).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const signed = BigInt.asIntN(8 * length, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

function bytes(m: Machine, length: number): Pickled {
  return { kind: "bytes", bytes: take(m.cursor, length) };
}

function tuple(items: Pickled[]): Sequence {
  return { kind: "tuple", items };
}

export function isTuple(value: Pickled | undefined): value is Sequence {
  return value !== null && typeof value === "object" && value.kind === "tuple";
}

export function isDictionary(value: Pickled | undefined): value is Dictionary {
  return value !== null && typeof value === "object" && value.kind === "dict";
}

function wrong(m: Machine, expected: string, received: string): never {
  return broken(`${expected} before byte ${m.cursor.at} of ${m.cursor.where}`, received);
}
