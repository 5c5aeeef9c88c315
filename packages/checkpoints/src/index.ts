export * from "./adapter/index.js";
export type { ByteSource } from "./bytes/byte-source.js";
export type { Folder, WritableFolder } from "./bytes/folder.js";
export * from "./config/index.js";
export * from "./gguf/index.js";
export * from "./model/index.js";
export * from "./quantize/index.js";
export * from "./safetensors/index.js";
