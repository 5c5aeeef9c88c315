export { AnabranchError } from "@anabranch/core";
export type { Chat, ChatOptions, TurnOptions } from "./chat/chat.js";
export type { GenerateOptions, Overflow, StepOptions } from "./generate/generate-options.js";
export type { FinishReason, GeneratedToken, Generation, PromptReport } from "./generate/generation.js";
export { type FormatReport, inspect, type ModelReport, type Obstacle } from "./inspect/inspect.js";
export type { DraftingOptions } from "./model/drafting.js";
export type { LanguageModel } from "./model/language-model.js";
export { type LoadOptions, load } from "./model/load.js";
export type { Place } from "./model/place.js";
