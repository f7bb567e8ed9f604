/**
 * Names of channels that may stay in a copy: dyes, markers and lamps of a closed list, each with a short number where the name has one.
 * What a person typed in place of one goes.
 */

const DYE =
  /^(DAPI|Hoechst( ?\d{5})?|FITC|TRITC|GFP|e?GFP|RFP|YFP|CFP|BFP|mCherry|tdTomato|Texas Red|TexRed|Cy ?[2357](\.5)?|(AF|Alexa ?Fluor|Alexa|Opal|Atto|ATTO|CF|DyLight|SYTO) ?-?\d{2,3}|PE|APC|PI|SYTOX|Autofluorescence|AF|Brightfield|Bright ?field|BF|TL|RGB|Red|Green|Blue|Gr[ae]y|[RGB]|Haematoxylin|Hematoxylin|Eosin|DAB|H-?E|CD\d{1,3}[a-e]?|Ki-?67|PanCK|panCK|FOXP3|FoxP3|PD-?L?1|HER2|ER|PR|p53|SOX10|Vimentin|(Channel|channel|Ch|C):?[ _-]?\d{1,3}|\d{1,3})$/;

/** The name, or "" where it is on no list. */
export const allowedChannel = (name: string): string => (DYE.test(name.trim()) ? name.trim() : "");
