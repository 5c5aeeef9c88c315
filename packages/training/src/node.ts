export { checkpointFolder, readCheckpointWeights } from "./checkpoint/checkpoint-folder.js";
