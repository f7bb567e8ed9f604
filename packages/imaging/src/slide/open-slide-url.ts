/** The door of the web: an address becomes a slide. Only http and https; which hosts may be reached is for the caller to say. */
import { attempt, type Outcome, unwrap } from "@nacre/core";
import { httpNeighbours } from "../bytes/http/http-neighbours.ts";
import { type HttpSourceOptions, httpSource } from "../bytes/http/http-source.ts";
import { addressOf } from "../bytes/http/request-range.ts";
import type { Codecs } from "../codec/codec.ts";
import { openSlide } from "../format/open-slide.ts";
import { openZarrFolder } from "../format/zarr/zarr-slide.ts";
import type { OpenOptions, Slide } from "./slide.ts";

/**
 * Opens a slide on a web server that answers range requests; an address whose path ends in `.zarr` or `/` is an OME-Zarr folder. Failures:
 * missing-file, no-permission, empty-file, refused, unreadable-file, and those of `openSlide`.
 * @example const slide = unwrap(await openSlideUrl("https://host/slides/a.svs", portableCodecs));
 */
export function openSlideUrl(
  url: string | URL,
  codecs: Codecs,
  options: OpenOptions & { readonly http?: HttpSourceOptions } = {},
  signal?: AbortSignal,
): Promise<Outcome<Slide>> {
  return attempt(async () => {
    const { http = {}, ...rest } = options;
    const { given, name } = addressOf(url);
    if (/(\.zarr|\/)$/i.test(given.pathname)) {
      const folder = new URL(given);
      if (!folder.pathname.endsWith("/")) folder.pathname += "/";
      return openZarrFolder(httpNeighbours(folder, http), codecs, rest, signal, name);
    }
    const beside = new URL(given);
    beside.pathname = given.pathname.replace(/[^/]*$/, "");
    const source = await httpSource(given, http);
    return unwrap(await openSlide(source, codecs, { neighbours: httpNeighbours(beside, http), ...rest }, signal));
  });
}
