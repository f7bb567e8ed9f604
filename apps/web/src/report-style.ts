/** The style sheet of the report alone, for the build to put into the page beside its hash. */
export { JUDGEMENT_STYLE } from "@nacre/pipeline/referee";
