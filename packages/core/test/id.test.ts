import { expect, it } from "vitest";
import { slideIdOf } from "../src/id.ts";

it("a slide's id is its path without extension, and a folder's the same with or without its last slash", () => {
  const ids = ["a.svs", "b/c.ome.tif", "./d.ndpi", "TCGA-AA-0001.uuid.svs", "case/series", "case/series/", "e.zarr/"];
  expect(ids.map(slideIdOf)).toEqual(["a", "b__c", "d", "TCGA-AA-0001.uuid", "case__series", "case__series", "e"]);
});
