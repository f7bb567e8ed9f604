/** Classes that are offered for an annotation, with the colours that QuPath gives them by default. Others may be written in. */
export const CLASSES: readonly { readonly name: string; readonly colour: [number, number, number] }[] = [
  { name: "Tumor", colour: [200, 0, 0] },
  { name: "Stroma", colour: [150, 200, 150] },
  { name: "Immune cells", colour: [160, 90, 160] },
  { name: "Necrosis", colour: [50, 50, 50] },
  { name: "Other", colour: [255, 200, 0] },
  { name: "Region*", colour: [0, 0, 180] },
  { name: "Ignore*", colour: [180, 180, 180] },
];

/** Colour of an annotation without a class. */
export const PLAIN: [number, number, number] = [220, 38, 127];

/** Above so many annotations they are drawn on a canvas instead of one element each. */
export const MOST_ELEMENTS = 2000;
