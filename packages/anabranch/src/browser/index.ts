export { AnabranchError, type SamplingOptions } from "@anabranch/core";
export type { FinishReason, GeneratedToken, Generation, PromptReport } from "../generate/generation.js";
export { forget } from "./forget.js";
export type { Chat, ChatOptions, GenerateOptions, LanguageModel, TurnOptions } from "./language-model.js";
export { load } from "./load.js";
export type { EngineSettings, FetchSettings, LoadOptions, LoadProgress, LoadSettings } from "./load-options.js";
export type { Place } from "./place.js";
