export type { SafetensorsDtype } from "./dtype.js";
export type { SafetensorsEntry } from "./header.js";
export { openSafetensors, type SafetensorsFile, type TensorData } from "./open-safetensors.js";
export { openShards, type SafetensorsShards } from "./open-shards.js";
export { readShardIndex } from "./shard-index.js";
export { encodeSafetensors, type NewTensor, writeSafetensors } from "./write-safetensors.js";
