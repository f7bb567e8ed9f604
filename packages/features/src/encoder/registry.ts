/** The encoders that need no file. A built-in encoder is one file and one line here; every other one is a folder with encoder.json. */
import type { Encoder, EncoderInfo } from "./encoder.ts";
import { openTexture, TEXTURE_INFO } from "./texture-encoder.ts";

export interface BuiltIn {
  readonly info: EncoderInfo;
  /** Opens it for tiles of one size. @throws RangeError for a size it cannot work with */
  readonly open: (size: number) => Encoder;
}

const BUILT_IN: readonly BuiltIn[] = [{ info: TEXTURE_INFO, open: openTexture }];

/** What is built in. */
export function encoders(): readonly EncoderInfo[] {
  return BUILT_IN.map((entry) => entry.info);
}

export function builtIn(name: string): BuiltIn | null {
  return BUILT_IN.find((entry) => entry.info.name === name) ?? null;
}
