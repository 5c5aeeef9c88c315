export { AdamW } from "./adamw.js";
export { gradientNorm } from "./gradient-norm.js";
export { parameterGroup } from "./parameter-group.js";
export { rateAt } from "./schedule.js";
