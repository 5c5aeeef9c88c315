export { COST_MODEL_VERSION, type CostModel, draftingCost, hasTiming, isCostModel, passCost } from "./cost-model.js";
export { type BudgetPlace, draftBudget, plainStepCost } from "./draft-budget.js";
export { fasterTiming } from "./faster-timing.js";
export { interpolate } from "./interpolate.js";
export { PlainFallback } from "./plain-fallback.js";
export { TrackRecord } from "./track-record.js";
