export { type DifferentiateOptions, differentiate, gradientName } from "./differentiate.js";
