/**
 * A slide on the screen: OpenSeadragon behind a small door. What is laid over the slide follows the camera that is told here, so that
 * nothing else needs to know what draws the pixels.
 */
import type { Point, Rect } from "@nacre/core";
import OpenSeadragon from "openseadragon";
import { type Camera, toSlide } from "./camera.ts";
import { blockPlace, levelAt, type Pyramid } from "./pyramid.ts";
import { type Layer, SlideSource } from "./slide-source.ts";

/** A block that could not be read: its place at level 0, and why. */
export interface BrokenBlock extends Rect {
  readonly id: string;
  readonly reason: string;
}

/** Somebody took hold of the view, by hand or wheel. */
export interface Grip {
  readonly isShift: boolean;
}

export interface StageEvents {
  camera: Camera;
  broken: readonly BrokenBlock[];
  grip: Grip;
  /** A click that was no drag; level-0 pixels. */
  click: Point;
  /** The slide stands in its first view: it can be moved. */
  open: undefined;
  /** Everything in view is drawn at the resolution of the screen. */
  drawn: undefined;
}

export interface Stage {
  /** What the pixels are drawn in: layers over the slide are put into it. */
  readonly canvas: HTMLElement;
  camera(): Camera;
  on<K extends keyof StageEvents>(name: K, hear: (event: StageEvents[K]) => void): () => void;
  broken(): readonly BrokenBlock[];
  isOpen(): boolean;
  /** Says that what follows is moved by command: this view leads those that move with it. */
  grip(): void;
  /** Moves the middle, level-0 pixels, and what is given else. */
  move(to: Partial<Pick<Camera, "x" | "y" | "scale" | "rotation">>, isInstant?: boolean): void;
  /** Shows a rectangle of level 0, whole. */
  flyTo(place: Rect, isInstant?: boolean): void;
  fit(): void;
  /** Shows other pictures of the slide in the same view; their light adds up. */
  show(layers: readonly Layer[]): void;
  /** Asks again for blocks that could not be read. */
  retry(): void;
  close(): void;
}

export interface StageOptions {
  readonly layers: readonly Layer[];
  readonly label: string;
  readonly hasNavigator: boolean;
  /** Shown first, level-0 pixels; null: the whole slide. */
  readonly place: Rect | null;
  /** Degrees that it is turned by at first. */
  readonly turn: number;
}

/** Seconds that a movement takes; people who asked their system for calm get none. */
const MOVE_SECONDS = 0.3;
/** Screen pixels that a finest pixel may become. */
const MOST_ENLARGED = 12;

export function openStage(element: HTMLElement, pyramid: Pyramid, options: StageOptions): Stage {
  keepStyleOut();
  const viewer = openViewer(element, options);
  const ears = new Map<string, Set<(event: never) => void>>();
  const tell = <K extends keyof StageEvents>(name: K, event: StageEvents[K]): void => {
    for (const ear of ears.get(name) ?? []) (ear as (event: StageEvents[K]) => void)(event);
  };
  let now: Camera = cameraOf(viewer, pyramid);
  let broken: readonly BrokenBlock[] = [];
  let isOpen = false;
  const look = (): void => {
    const next = cameraOf(viewer, pyramid);
    if ((Object.keys(next) as (keyof Camera)[]).every((name) => next[name] === now[name])) return;
    now = next;
    tell("camera", now);
  };
  for (const name of ["open", "update-viewport", "resize", "after-resize"] as const)
    viewer.addHandler(name, () => look());
  viewer.addHandler("tile-load-failed", (event) => {
    const { level, x, y } = event.tile;
    const id = `${level} ${x} ${y}`;
    if (broken.some((block) => block.id === id)) return;
    broken = [...broken, { id, reason: event.message, ...blockPlace(levelAt(pyramid, level), x, y) }];
    tell("broken", broken);
  });
  viewer.addHandler("canvas-press", (event) => tell("grip", { isShift: isShift(event) }));
  viewer.addHandler("canvas-scroll", (event) => tell("grip", { isShift: isShift(event) }));
  for (const name of ["navigator-click", "navigator-drag", "navigator-scroll"] as const)
    viewer.addHandler(name, () => tell("grip", { isShift: false }));
  viewer.addHandler("canvas-click", (event) => {
    if (event.quick) tell("click", toSlide(now, event.position));
  });
  const flyTo = ({ x, y, width, height }: Rect, isInstant = false): void => {
    const w = pyramid.width;
    viewer.viewport.fitBounds(new OpenSeadragon.Rect(x / w, y / w, width / w, height / w), isInstant);
  };
  viewer.addOnceHandler("open", () => {
    viewer.viewport.setRotation(options.turn, true);
    if (options.place !== null) flyTo(options.place, true);
    isOpen = true;
    look();
    tell("open", undefined);
  });
  viewer.world.addHandler("add-item", (event) => {
    event.item.addHandler("fully-loaded-change", ({ fullyLoaded }: { fullyLoaded: boolean }) => {
      if (fullyLoaded) tell("drawn", undefined);
    });
  });
  viewer.open(layersOf(pyramid, options.layers) as never);
  return {
    canvas: viewer.canvas as HTMLElement,
    camera: () => now,
    on(name, hear) {
      const set = ears.get(name) ?? new Set();
      ears.set(name, set.add(hear as (event: never) => void));
      return () => void set.delete(hear as (event: never) => void);
    },
    broken: () => broken,
    isOpen: () => isOpen,
    grip: () => tell("grip", { isShift: false }),
    move: (to, isInstant = false) => moveTo(viewer, pyramid, { to, isInstant }),
    flyTo,
    fit: () => void viewer.viewport.setRotation(0).goHome(),
    show: (layers) => showLayers(viewer, pyramid, layers),
    retry() {
      broken = [];
      tell("broken", broken);
      for (let i = 0; i < viewer.world.getItemCount(); i++) viewer.world.getItemAt(i).reset();
      viewer.forceRedraw();
    },
    close: () => viewer.destroy(),
  };
}

const isShift = (event: object): boolean => {
  const { originalEvent } = event as { originalEvent?: Partial<MouseEvent> };
  return originalEvent?.shiftKey === true;
};

/**
 * The library writes a style element into the page, which the page's policy refuses, unless it finds one that it wrote before. An
 * element of the same name outside of HTML is found and is no style.
 */
function keepStyleOut(): void {
  const name = "data-openseadragon-mobile-css";
  if (document.querySelector(`style[${name}]`) !== null) return;
  const stand = document.createElementNS("urn:nacre", "style");
  stand.setAttribute(name, "true");
  document.head.append(stand);
}

function openViewer(element: HTMLElement, options: StageOptions): OpenSeadragon.Viewer {
  const { label, hasNavigator } = options;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const viewer = OpenSeadragon({
    element,
    drawer: "canvas",
    showNavigationControl: false,
    showNavigator: hasNavigator,
    navigatorPosition: "TOP_RIGHT",
    navigatorSizeRatio: 0.16,
    navigatorAutoFade: false,
    navigatorDrawer: "canvas",
    navigatorBackground: options.layers.some(({ colour }) => colour !== null) ? "#000" : "#f2f2f2",
    navigatorOpacity: 0.94,
    navigatorBorderColor: "#7f8789",
    keyboardNavEnabled: false,
    animationTime: isCalm ? 0 : MOVE_SECONDS,
    springStiffness: 9,
    blendTime: 0,
    imageLoaderLimit: 16,
    // One, as the library has it, asks for a field's tiles in as many frames as it has tiles.
    maxTilesPerFrame: 8,
    maxImageCacheCount: 600,
    maxZoomPixelRatio: MOST_ENLARGED,
    minZoomImageRatio: 0.4,
    visibilityRatio: 0.15,
    zoomPerScroll: 1.3,
    preserveImageSizeOnResize: true,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    gestureSettingsTouch: { clickToZoom: false, pinchRotate: false },
    gestureSettingsPen: { clickToZoom: false },
  });
  viewer.canvas.setAttribute("role", "application");
  viewer.canvas.setAttribute("aria-label", label);
  viewer.navigator?.element.setAttribute("aria-hidden", "true");
  for (const canvas of viewer.navigator?.element.querySelectorAll("[tabindex]") ?? [])
    canvas.setAttribute("tabindex", "-1");
  return viewer;
}

function cameraOf({ viewport }: OpenSeadragon.Viewer, { width: w, height: h }: Pyramid): Camera {
  if (!viewport) return { x: w / 2, y: h / 2, scale: 1, rotation: 0, width: 0, height: 0 };
  const { x, y } = viewport.getCenter(true);
  const { x: width, y: height } = viewport.getContainerSize();
  const scale = (viewport.getZoom(true) * width) / w;
  return { x: x * w, y: y * w, scale, rotation: viewport.getRotation(true), width, height };
}

function moveTo(
  { viewport }: OpenSeadragon.Viewer,
  { width }: Pyramid,
  { to, isInstant }: { readonly to: Partial<Camera>; readonly isInstant: boolean },
): void {
  if (to.rotation !== undefined) viewport.setRotation(to.rotation, isInstant);
  if (to.scale !== undefined) {
    const zoom = (to.scale * width) / viewport.getContainerSize().x;
    viewport.zoomTo(Math.min(viewport.getMaxZoom(), Math.max(viewport.getMinZoom(), zoom)), undefined, isInstant);
  }
  if (to.x === undefined && to.y === undefined) return;
  const center = viewport.getCenter();
  viewport.panTo(
    new OpenSeadragon.Point((to.x ?? center.x * width) / width, (to.y ?? center.y * width) / width),
    isInstant,
  );
}

function layersOf(pyramid: Pyramid, layers: readonly Layer[]): object[] {
  return layers.map((layer) => ({
    tileSource: new SlideSource(pyramid, layer),
    compositeOperation: layer.colour === null ? "source-over" : "lighter",
  }));
}

/** New layers first, so that the view is never empty; light that adds up must not be there twice. */
function showLayers(viewer: OpenSeadragon.Viewer, pyramid: Pyramid, layers: readonly Layer[]): void {
  const former = Array.from({ length: viewer.world.getItemCount() }, (_, i) => viewer.world.getItemAt(i));
  const drop = (): void => {
    for (const item of former.splice(0)) if (viewer.world.getIndexOfItem(item) >= 0) viewer.world.removeItem(item);
  };
  const addsUp = layers.some(({ colour }) => colour !== null);
  for (const layer of layersOf(pyramid, layers))
    viewer.addTiledImage({
      ...layer,
      success: ({ item }: { item: OpenSeadragon.TiledImage }) => {
        if (addsUp || item.getFullyLoaded()) drop();
        else item.addOnceHandler("fully-loaded-change", drop);
      },
    } as never);
  if (layers.length === 0) drop();
}
