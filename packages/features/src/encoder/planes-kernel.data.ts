/** WebAssembly made from tools/kernels/planes.wat by tools/build-kernels.mjs, in base64. */
export const PLANES_KERNEL = [
  "AGFzbQEAAAABCQFgBX9/f39/AAMCAQAFAwEAAQcTAgZtZW1vcnkCAAZwbGFuZXMAAAqBAQF/AQR/IAMgBGohBSAFIARqIQYgAkGACGohByACQY",
  "AQaiEIA0AgAyACIAAtAABBAnRqKgIAOAIAIAUgByAALQABQQJ0aioCADgCACAGIAggAC0AAkECdGoqAgA4AgAgA0EEaiEDIAVBBGohBSAGQQRq",
  "IQYgAEEDaiIAIAFJDQALCw==",
].join("");
