/** Addresses inside the web app, in one place: what links where. */

/** A field of view in a slide: top-left corner and width, in level-0 pixels. */
export interface SlidePlace {
  readonly x: number;
  readonly y: number;
  readonly w: number;
}

export const casePath = (key: string): string => `/cases/${key}`;
export const runPath = (key: string): string => `/runs/${key}`;
export const mapPath = (key: string): string => `/runs/${key}/map`;
export const boardPath = (project: string): string => `/board/${project}`;

/** The viewer, flown to a place, with a run's heatmap where one is named. */
export function slidePath(slide: string, place?: SlidePlace, run?: string): string {
  const query = new URLSearchParams();
  if (place) for (const name of ["x", "y", "w"] as const) query.set(name, String(Math.round(place[name])));
  if (run !== undefined) query.set("run", run);
  return `/slides/${slide}${query.size > 0 ? `?${query}` : ""}`;
}

/** More like a slide, or like one tile of it. */
export function searchPath(slide: string, run: string, tile?: { readonly x: number; readonly y: number }): string {
  const query = new URLSearchParams({ slide, run });
  if (tile) {
    query.set("x", String(Math.round(tile.x)));
    query.set("y", String(Math.round(tile.y)));
  }
  return `/search?${query}`;
}
