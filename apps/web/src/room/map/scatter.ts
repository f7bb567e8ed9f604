/**
 * Points in WebGL 2, in one draw call: a hundred thousand move as one. Written for this page because the libraries for it make code
 * of text, which the page's policy forbids.
 */
import type { Size, View } from "./plane.ts";

const VERTEX = `#version 300 es
in vec2 place;
in float group;
in float chosen;
uniform vec2 middle;
uniform vec2 unit;
uniform float side;
uniform bool hasChosen;
uniform vec3 colours[16];
out vec4 colour;
void main() {
  gl_Position = vec4((place - middle) * unit, 0.0, 1.0);
  gl_PointSize = side * (chosen > 0.5 ? 1.6 : 1.0);
  float strength = hasChosen && chosen < 0.5 ? 0.16 : 0.85;
  colour = vec4(colours[int(group + 0.5)], strength);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 colour;
out vec4 pixel;
void main() {
  float r = length(gl_PointCoord - 0.5);
  float alpha = colour.a * (1.0 - smoothstep(0.42, 0.5, r));
  pixel = vec4(colour.rgb * alpha, alpha);
}`;

const MOST_GROUPS = 16;

export interface Scatter {
  /** @param xs [n] @param ys [n] */
  place(xs: readonly number[], ys: readonly number[]): void;
  /** @param groups [n], below 16 @param colours "#rrggbb" a group */
  colour(groups: Uint8Array, colours: readonly string[]): void;
  /** @param chosen [n] of 0 and 1; null: nothing is chosen */
  choose(chosen: Uint8Array | null): void;
  /** @param size CSS pixels @param side of a point, CSS pixels */
  draw(view: View, size: Size, side: number): void;
  close(): void;
}

/** Null where the browser has no WebGL 2. */
export function openScatter(canvas: HTMLCanvasElement): Scatter | null {
  const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
  const program = gl === null ? null : makeProgram(gl);
  if (gl === null || program === null) return null;
  // biome-ignore lint/correctness/useHookAtTopLevel: WebGL's own word, no hook
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const uniform = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name);
  const at = { middle: uniform("middle"), unit: uniform("unit"), side: uniform("side"), has: uniform("hasChosen") };
  const fill = attributes(gl, program);
  let n = 0;
  return {
    place(xs, ys) {
      n = xs.length;
      const places = new Float32Array(2 * n);
      for (let i = 0; i < n; i++) places.set([xs[i] ?? 0, ys[i] ?? 0], 2 * i);
      fill("place", places, 2);
      fill("group", new Uint8Array(n), 1);
      fill("chosen", new Uint8Array(n), 1);
    },
    colour(groups, colours) {
      fill("group", groups, 1);
      const values = new Float32Array(3 * MOST_GROUPS).fill(0.5);
      for (const [i, text] of colours.slice(0, MOST_GROUPS).entries()) values.set(rgbOf(text), 3 * i);
      gl.uniform3fv(uniform("colours"), values);
    },
    choose(chosen) {
      fill("chosen", chosen ?? new Uint8Array(n), 1);
      gl.uniform1i(at.has, chosen === null ? 0 : 1);
    },
    draw(view, size, side) {
      const ratio = globalThis.devicePixelRatio || 1;
      const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      gl.viewport(0, 0, width, height);
      gl.uniform2f(at.middle, view.x, view.y);
      gl.uniform2f(at.unit, (2 * view.scale) / size.width, (2 * view.scale) / size.height);
      gl.uniform1f(at.side, side * ratio);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.drawArrays(gl.POINTS, 0, n);
    },
    close() {
      gl.getExtension("WEBGL_lose_context")?.loseContext();
    },
  };
}

function makeProgram(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [kind, text] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) return null;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) === true ? program : null;
}

/** Fills an attribute with values, from a buffer of its own. */
function attributes(gl: WebGL2RenderingContext, program: WebGLProgram) {
  const buffers = new Map<string, WebGLBuffer>();
  return (name: string, values: Float32Array | Uint8Array, size: number): void => {
    const buffer = buffers.get(name) ?? gl.createBuffer();
    buffers.set(name, buffer);
    const location = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(location);
    const type = values instanceof Float32Array ? gl.FLOAT : gl.UNSIGNED_BYTE;
    gl.vertexAttribPointer(location, size, type, false, 0, 0);
  };
}

const rgbOf = (text: string): number[] => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16) / 255);
