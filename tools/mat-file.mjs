/**
 * Numeric arrays of a MATLAB file of version 5 (MAT-File Format, MathWorks 2019, chapter 1): what the public bags and texture features come
 * in. Little-endian, compressed or plain, full real arrays; cells, text and the rest are passed over.
 */
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";

const READ = {
  1: [1, (v, i) => v.getInt8(i)],
  2: [1, (v, i) => v.getUint8(i)],
  3: [2, (v, i) => v.getInt16(i, true)],
  4: [2, (v, i) => v.getUint16(i, true)],
  5: [4, (v, i) => v.getInt32(i, true)],
  6: [4, (v, i) => v.getUint32(i, true)],
  7: [4, (v, i) => v.getFloat32(i, true)],
  9: [8, (v, i) => v.getFloat64(i, true)],
};
const MATRIX = 14;
const COMPRESSED = 15;
const HEADER = 128;
const NUMERIC = { first: 6, last: 13 };

/** Arrays by name: { rows, columns, data } with `data` column by column, as MATLAB holds them. */
export function readMatFile(path) {
  const file = readFileSync(path);
  if (file.toString("latin1", HEADER - 2, HEADER) !== "IM") {
    throw new TypeError(`expected a little-endian MATLAB 5 file, received ${path}: save it with -v6 or -v7`);
  }
  return Object.fromEntries([...elements(file.subarray(HEADER))].flatMap(arraysOf));
}

function arraysOf({ type, data }) {
  if (type === COMPRESSED) return [...elements(inflateSync(data))].flatMap(arraysOf);
  if (type !== MATRIX) return [];
  const [flags, shape, name, real] = [...elements(data)];
  const kind = flags.data[0];
  if (kind < NUMERIC.first || kind > NUMERIC.last) return [];
  const [rows, columns, ...more] = numbers(shape);
  if (more.length > 0) return [];
  return [[name.data.toString("latin1"), { rows, columns, data: numbers(real) }]];
}

function* elements(bytes) {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const word = bytes.readUInt32LE(at);
    const isSmall = word >>> 16 !== 0;
    const size = isSmall ? word >>> 16 : bytes.readUInt32LE(at + 4);
    const from = at + (isSmall ? 4 : 8);
    const type = word & 0xffff;
    yield { type, data: bytes.subarray(from, from + size) };
    at = isSmall ? at + 8 : from + (type === COMPRESSED ? size : 8 * Math.ceil(size / 8));
  }
}

function numbers({ type, data }) {
  const [size, read] = READ[type];
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float64Array.from({ length: data.length / size }, (_, i) => read(view, i * size));
}
