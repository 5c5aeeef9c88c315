export { Noise } from "./noise.js";
export { checkSampling, type SamplingOptions } from "./sampling-options.js";
export { TargetDistribution } from "./target-distribution.js";
