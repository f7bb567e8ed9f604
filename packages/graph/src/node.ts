export { openSession } from "./node/session.ts";
