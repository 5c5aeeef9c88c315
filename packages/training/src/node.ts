export { checkpointFolder, readCheckpointWeights } from "./checkpoint/checkpoint-folder.js";
export { stateFolder } from "./states/state-folder.js";
