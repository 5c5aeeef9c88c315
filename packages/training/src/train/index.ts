export type { LosslessOptions } from "./lossless.js";
export type { TrainingMode, TrainingSubject } from "./objective-of.js";
export type { HeldOutMeasure, TrainProgress } from "./progress.js";
export { defaultSettings, type TrainSettings } from "./settings.js";
export { type TrainOptions, type TrainResult, train } from "./train.js";
