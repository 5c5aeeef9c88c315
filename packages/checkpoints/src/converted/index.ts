export { cacheFolder } from "./cache-folder.js";
export { type LoadConvertedOptions, loadConverted } from "./load-converted.js";
