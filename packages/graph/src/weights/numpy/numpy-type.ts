/** The codes by which numpy names its types of numbers, without the byte order before them. */
import { elementsByName } from "../element.ts";

export const NUMPY_TYPES = elementsByName({
  ...{ f2: "float16", f4: "float32", f8: "float64", b1: "bool" },
  ...{ i1: "int8", i2: "int16", i4: "int32", i8: "int64", u1: "uint8", u2: "uint16", u4: "uint32", u8: "uint64" },
});
