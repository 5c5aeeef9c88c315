export { checkDraftVocabulary, draftHead, headName } from "./draft-head.js";
export * from "./model-spec.js";
export * from "./parameter-names.js";
export * from "./parameter-shapes.js";
export * from "./phrase-table.js";
export * from "./rope-spec.js";
export * from "./stream-spec.js";
export * from "./transition-counts.js";
export * from "./weights.js";
