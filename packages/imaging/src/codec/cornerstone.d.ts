/** Shapes of the two WebAssembly modules that come without types. Only what is used is declared. */

interface CornerstoneOptions {
  print(line: string): void;
  printErr(line: string): void;
}

interface CornerstoneFrame {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
}

interface CornerstoneDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): CornerstoneFrame;
}

interface CornerstoneWaveletDecoder extends CornerstoneDecoder {
  /** Without the finest `decompositions`; all layers for 0. The frame tells the size of the whole. */
  decodeSubResolution(decompositions: number, layers: number): void;
}

declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs" {
  const factory: (options: CornerstoneOptions) => Promise<{ JPEGDecoder: new () => CornerstoneDecoder }>;
  export default factory;
}

declare module "@cornerstonejs/codec-openjpeg/decodewasmjs" {
  const factory: (options: CornerstoneOptions) => Promise<{ J2KDecoder: new () => CornerstoneWaveletDecoder }>;
  export default factory;
}
