export { AnabranchError } from "@anabranch/core";
export type { DraftingOptions } from "./model/drafting.js";
export type { GeneratedToken, GenerateOptions, LanguageModel } from "./model/language-model.js";
export { type LoadOptions, load, type Place } from "./model/load.js";
