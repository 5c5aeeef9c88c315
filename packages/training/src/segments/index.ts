export { SegmentedStep } from "./segmented-step.js";
export { cutSegments, type SegmentedBatch } from "./segments.js";
