/** The files beside a slide on a web server: named, fetched, never listed. */
import { isFailureError } from "@nacre/core";
import { expectInside, type Neighbours } from "../neighbours.ts";
import { type HttpSourceOptions, httpSource } from "./http-source.ts";
import { addressOf } from "./request-range.ts";

/** Blocks of chunked formats are mostly shorter: one request each. */
const FIRST_BYTES = 2 ** 18;

/** `folder`: an address that ends with `/`; what follows its question mark goes with every name. Servers do not list, so `list` is empty. */
export function httpNeighbours(folder: string | URL, options: HttpSourceOptions = {}): Neighbours {
  const { given } = addressOf(folder);
  return {
    list: async () => [],
    async open(name) {
      expectInside(name);
      const url = new URL(given);
      url.pathname += name.split("/").map(encodeURIComponent).join("/");
      try {
        return await httpSource(url, { firstBytes: FIRST_BYTES, ...options });
      } catch (error) {
        if (isFailureError(error, "missing-file", "empty-file")) return null;
        throw error;
      }
    },
  };
}
