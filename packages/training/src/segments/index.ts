export { SegmentedStep } from "./segmented-step.js";
export { cutSegments } from "./segments.js";
