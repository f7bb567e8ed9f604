/** Makes the ready-made empty database. Run once after the build: node apps/server/dist/store/make-empty.js */
import { readyMade } from "./empty-database.ts";

const place = await readyMade();
process.stdout.write(
  `${place === null ? "no empty database: the folder cannot be written to" : "empty database is there"}\n`,
);
