/**
 * The C library OpenSlide through koffi. Only the child process loads it: a wrong signature or a broken slide may end the process
 * that does. The library is never required; it is looked for under the names that its versions carry.
 */
import koffi from "koffi";

const NAMES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libopenslide.so.1", "libopenslide.so.0"],
  darwin: ["libopenslide.1.dylib", "libopenslide.0.dylib"].flatMap((name) => [
    name,
    `/opt/homebrew/lib/${name}`,
    `/usr/local/lib/${name}`,
  ]),
  win32: ["libopenslide-1.dll", "libopenslide-0.dll"],
};

export type OpenSlideLibrary = ReturnType<typeof bind>;

/** The first library that loads. @throws Error where there is none */
export function loadOpenSlide(): OpenSlideLibrary {
  const reasons: string[] = [];
  for (const name of NAMES[process.platform] ?? []) {
    try {
      return bind(name);
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(reasons.at(-1) ?? `no name of the library is known for ${process.platform}`);
}

function bind(name: string) {
  const library = koffi.load(name);
  const text = "const char*";
  const texts = (list: unknown): readonly string[] => {
    if (list === null || list === undefined) return [];
    const out: string[] = [];
    for (let i = 0; i < MOST_TEXTS; i++) {
      const item: unknown = koffi.decode(list, i * koffi.sizeof("char*"), text);
      if (typeof item !== "string") break;
      out.push(item);
    }
    return out;
  };
  const propertyNames = library.func("openslide_get_property_names", "void*", ["void*"]);
  const associatedNames = library.func("openslide_get_associated_image_names", "void*", ["void*"]);
  return {
    name,
    version: library.func("openslide_get_version", text, []),
    detect: library.func("openslide_detect_vendor", text, [text]),
    open: library.func("openslide_open", "void*", [text]),
    close: library.func("openslide_close", "void", ["void*"]),
    error: library.func("openslide_get_error", text, ["void*"]),
    levels: library.func("openslide_get_level_count", "int32_t", ["void*"]),
    levelSize: library.func("openslide_get_level_dimensions", "void", [
      "void*",
      "int32_t",
      "_Out_ int64_t*",
      "_Out_ int64_t*",
    ]),
    downsample: library.func("openslide_get_level_downsample", "double", ["void*", "int32_t"]),
    property: library.func("openslide_get_property_value", text, ["void*", text]),
    associatedSize: library.func("openslide_get_associated_image_dimensions", "void", [
      "void*",
      text,
      "_Out_ int64_t*",
      "_Out_ int64_t*",
    ]),
    read: library.func("openslide_read_region", "void", [
      "void*",
      "_Out_ uint32_t*",
      "int64_t",
      "int64_t",
      "int32_t",
      "int64_t",
      "int64_t",
    ]),
    propertyNames: (handle: unknown): readonly string[] => texts(propertyNames(handle)),
    associatedNames: (handle: unknown): readonly string[] => texts(associatedNames(handle)),
  };
}

/** Ends a list that has no end. */
const MOST_TEXTS = 10_000;
