export {
  COST_MODEL_VERSION,
  type CostModel,
  draftingCost,
  hasTiming,
  isCostModel,
  measuredRows,
  passCost,
} from "./cost-model.js";
export { type BudgetPlace, draftBudget, plainStepCost } from "./draft-budget.js";
export { fasterTiming } from "./faster-timing.js";
export { type FirstGuesses, parseFirstGuesses } from "./first-guesses.js";
export { interpolate } from "./interpolate.js";
export { Outlook } from "./outlook.js";
export { PlainFallback } from "./plain-fallback.js";
export type { PredictedTime, StepTimes } from "./step-times.js";
export { TrackRecord } from "./track-record.js";
