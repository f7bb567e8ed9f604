/** Said before the answers of a model that was fitted on slides that a program drew. */
export const SYNTHETIC =
  "SYNTHETIC: this model was fitted on drawn slides. What it answers says nothing about real tissue.";
