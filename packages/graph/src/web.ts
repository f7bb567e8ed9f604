export { openSessionWith, type WebRuntimeOptions } from "./web/session.ts";
