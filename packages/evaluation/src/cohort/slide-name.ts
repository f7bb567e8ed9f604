/** The id of a slide that somebody else's table names by a path of their own machine. */
import { type SlideId, slideIdOf } from "@nacre/core";

/** The name a slide has in any folder, without the extension of a slide or feature file. */
export function bareSlide(path: string): SlideId {
  return slideIdOf(path.trim().split(/[/\\]/).at(-1) ?? "");
}

/** Relative paths keep their folders, as in a Nacre cohort; of an absolute path or address only the name means anything here. */
export function slideNamed(path: string): SlideId {
  return /^\s*([/\\]|[A-Za-z]:[/\\]|[a-z0-9]+:\/\/)/.test(path) ? bareSlide(path) : slideIdOf(path);
}
