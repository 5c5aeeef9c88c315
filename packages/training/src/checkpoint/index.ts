export type { CheckpointStore, TrainingState } from "./training-state.js";
