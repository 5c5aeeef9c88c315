/** Random models, adapters and rows, as fast-check's arbitraries: for properties of one's own. */
export { type AdapterPlan, adapterPlans } from "./adapter-plan.js";
export { randomAdapter } from "./adapter-tensors.js";
export { familyPlans } from "./family-plan.js";
export { type ModelPlan, modelPlans, plainModel } from "./model-plan.js";
export { randomWeights } from "./model-weights.js";
export { type RowPlan, rowPlans, rowsOf } from "./row-plan.js";
